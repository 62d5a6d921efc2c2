import type { ReactNode, SubmitEvent } from "react"

import { Problem, Unreachable } from "@/api/problem"

import { Button } from "./button"

interface FormProps {
  submit: string
  busy: boolean
  error: unknown
  onSubmit: (values: FormData) => void
  /** Beside the button that sends. */
  beside?: ReactNode
  danger?: boolean
  disabled?: boolean
  children: ReactNode
}

/** Fields, what was wrong, and the button that sends them. */
export function Form({ submit, busy, error, onSubmit, beside, danger = false, disabled = false, children }: FormProps) {
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSubmit(new FormData(event.currentTarget))
  }
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      {children}
      <FormError error={error} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look={danger ? "danger" : "primary"} busy={busy} disabled={busy || disabled}>
          {submit}
        </Button>
        {beside}
      </div>
    </form>
  )
}

/** What was wrong with one field, as the server said it. Of those in parts of a body, the end of the name is enough. */
export function fieldError(error: unknown, field: string): string | undefined {
  return error instanceof Problem ? error.fields.find((one) => `.${one.field}`.endsWith(`.${field}`))?.message : undefined
}

/** A field's text, empty when there is none. */
export function text(values: FormData, name: string): string {
  const value = values.get(name)
  return typeof value === "string" ? value : ""
}

/** Why the server refused, at the foot of a form. */
export function FormError({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null
  return (
    <p role="alert" className="rounded-md bg-critical-soft px-3 py-2 text-body text-critical-ink">
      {sentence(error)}
    </p>
  )
}

/** What went wrong, as a person would say it. */
export function sentence(error: unknown): string {
  if (error instanceof Unreachable) return "The server cannot be reached. Check the connection and try again."
  if (!(error instanceof Problem)) return "Something in this page failed. Reload it and try again."
  if (error.status === 429) return `Too many tries. Wait ${error.retryAfterS ?? 60} s and try again.`
  if (error.fields.length > 0) return "Some of this cannot be accepted; the reason stands under the field."
  const id = error.status >= 500 && error.correlationId ? ` (id ${error.correlationId})` : ""
  return `${error.detail ?? error.message}${id}`
}
