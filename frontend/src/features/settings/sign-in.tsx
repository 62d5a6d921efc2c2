import { useState, type ReactNode } from "react"

import { useChangeAccount, type AccountChange } from "@/api/account"
import { useUser } from "@/api/context"
import { Button } from "@/components/button"
import { Dialog } from "@/components/dialog"
import { Field } from "@/components/field"
import { fieldError, Form, sentence, text } from "@/components/form"
import { Section } from "@/components/section"
import { useToast } from "@/components/toasts"

type Part = "username" | "email" | "password"

const TITLES: Record<Part, string> = { username: "Change user name", email: "Change email", password: "Change password" }
const OTHERS_END = "Everywhere else you are signed out with it. API tokens stay."

/** User name, email and password, each changed by itself. */
export function SignIn() {
  const user = useUser()
  const [open, setOpen] = useState<Part | null>(null)
  const close = () => setOpen(null)
  return (
    <Section title="Profile and sign-in">
      <dl className="divide-y divide-line">
        <Line name="User name" value={user.username} act="Change user name" onPress={() => setOpen("username")} />
        <Line name="Email" value={user.email} act="Change email" onPress={() => setOpen("email")} />
        <Line name="Password" value="••••••••" spoken="Not shown" act="Change password" onPress={() => setOpen("password")} />
      </dl>
      <Dialog
        open={open !== null}
        onOpenChange={(next) => !next && close()}
        title={open === null ? "" : TITLES[open]}
        {...(open === "email" || open === "password" ? { description: OTHERS_END } : {})}
      >
        {open === "username" && <NameForm onDone={close} />}
        {open === "email" && <EmailForm onDone={close} />}
        {open === "password" && <PasswordForm onDone={close} />}
      </Dialog>
    </Section>
  )
}

function Line({ name, value, spoken, act, onPress }: { name: string; value: string; spoken?: string; act: string; onPress: () => void }) {
  return (
    <div className="flex items-center gap-4 py-2">
      <dt className="w-20 shrink-0 text-muted">{name}</dt>
      <dd className="flex min-w-0 flex-1 items-center justify-between gap-4">
        <span className="min-w-0 truncate">
          {spoken ? (
            <>
              <span aria-hidden>{value}</span>
              <span className="sr-only">{spoken}</span>
            </>
          ) : (
            value
          )}
        </span>
        <Button aria-label={act} onClick={onPress}>
          Change
        </Button>
      </dd>
    </div>
  )
}

interface PartFormProps {
  onDone: () => void
}

function NameForm({ onDone }: PartFormProps) {
  const user = useUser()
  const change = useChangeAccount()
  const say = useToast()
  const rename = async (to: string, back: string | null) => {
    await change.mutateAsync({ username: to })
    say(`Your user name is ${to}`, back === null ? undefined : () => void rename(back, null).catch((error: unknown) => say(sentence(error))))
  }
  const send = (values: FormData) => {
    // What went wrong stands in the form.
    void rename(text(values, "username"), user.username).then(onDone, () => undefined)
  }
  return (
    <Form submit="Save" busy={change.isPending} error={change.error} onSubmit={send}>
      <Field
        label="User name"
        name="username"
        autoComplete="username"
        required
        autoFocus
        maxLength={64}
        defaultValue={user.username}
        hint="Your colleagues see it on your sessions."
        error={fieldError(change.error, "username")}
      />
    </Form>
  )
}

function EmailForm({ onDone }: PartFormProps) {
  const user = useUser()
  return (
    <Guarded wish={(values) => ({ email: text(values, "email") })} said={(to) => `You sign in with ${to.email} now`} onDone={onDone}>
      {(error) => <Field label="Email" name="email" type="email" autoComplete="email" required autoFocus maxLength={254} defaultValue={user.email} error={fieldError(error, "email")} />}
    </Guarded>
  )
}

function PasswordForm({ onDone }: PartFormProps) {
  return (
    <Guarded wish={(values) => ({ password: text(values, "password") })} said={() => "Your password is changed"} onDone={onDone}>
      {(error) => (
        <Field
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          autoFocus
          minLength={8}
          maxLength={1024}
          hint="At least 8 characters. A sentence is fine."
          error={fieldError(error, "password")}
        />
      )}
    </Guarded>
  )
}

interface GuardedProps extends PartFormProps {
  wish: (values: FormData) => AccountChange
  said: (wish: AccountChange) => string
  children: (error: unknown) => ReactNode
}

/** A change that needs the password of now. */
function Guarded({ wish, said, onDone, children }: GuardedProps) {
  const change = useChangeAccount()
  const say = useToast()
  const send = (values: FormData) => {
    const asked = wish(values)
    const done = () => {
      say(said(asked))
      onDone()
    }
    change.mutate({ ...asked, current_password: text(values, "current_password") }, { onSuccess: done })
  }
  return (
    <Form submit="Save" busy={change.isPending} error={change.error} onSubmit={send}>
      {children(change.error)}
      <Field
        label="Current password"
        name="current_password"
        type="password"
        autoComplete="current-password"
        required
        error={fieldError(change.error, "current_password")}
      />
    </Form>
  )
}
