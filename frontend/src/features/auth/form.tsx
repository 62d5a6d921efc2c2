import type { ReactNode, SubmitEvent } from "react"

import { Button } from "@/components/button"
import { FormError } from "@/components/form"

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
