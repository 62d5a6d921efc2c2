import type { ReactNode, SubmitEvent } from "react"

import { Problem, Unreachable } from "@/api/problem"
import { Button } from "@/components/button"

interface AuthFormProps {
  title: string
  lead: string
  submit: string
  busy: boolean
  error: unknown
  onSubmit: (values: FormData) => void
  children: ReactNode
  footer: ReactNode
}

/** The frame of sign-in and registration. */
export function AuthForm({ title, lead, submit, busy, error, onSubmit, children, footer }: AuthFormProps) {
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSubmit(new FormData(event.currentTarget))
  }
  return (
    <main className="flex min-h-full flex-col items-center justify-center px-4 py-10">
      <title>{`${title} · Team Dashboard`}</title>
      <div className="w-full max-w-sm">
        <img src="/icon.svg" alt="" width={36} height={36} className="mb-5" />
        <h1 className="text-headline font-semibold tracking-tight">{title}</h1>
        <p className="mt-1 mb-6 text-prose text-muted">{lead}</p>
        <form onSubmit={send} className="flex flex-col gap-4 rounded-card border border-line bg-surface p-5">
          {children}
          <FormError error={error} />
          <Button type="submit" look="primary" busy={busy} className="h-9">
            {submit}
          </Button>
        </form>
        <p className="mt-4 text-prose text-muted">{footer}</p>
      </div>
    </main>
  )
}

/** What was wrong with one field, as the server said it. */
export function fieldError(error: unknown, field: string): string | undefined {
  return error instanceof Problem ? error.fields.find((one) => one.field.split(".").at(-1) === field)?.message : undefined
}

/** A field's text, empty when there is none. */
export function text(values: FormData, name: string): string {
  const value = values.get(name)
  return typeof value === "string" ? value : ""
}

function FormError({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null
  return (
    <p role="alert" className="rounded-md bg-critical-soft px-3 py-2 text-body text-critical-ink">
      {sentence(error)}
    </p>
  )
}

function sentence(error: unknown): string {
  if (error instanceof Unreachable) return "The server cannot be reached. Check the connection and try again."
  if (!(error instanceof Problem)) return "Something in this page failed. Reload it and try again."
  if (error.status === 429) return `Too many tries. Wait ${error.retryAfterS ?? 60} s and try again.`
  if (error.fields.length > 0) return "Some of this cannot be accepted; the reason stands under the field."
  const id = error.status >= 500 && error.correlationId ? ` (id ${error.correlationId})` : ""
  return `${error.detail ?? error.message}${id}`
}
