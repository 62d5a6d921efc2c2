import { useMutation } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"

import { useApi } from "@/api/context"
import type { InvitePreview } from "@/api/types"
import { Field } from "@/components/field"
import { fieldError, text } from "@/components/form"
import { ROLES } from "@/components/roles"

import { AuthForm } from "./form"

interface JoinProps {
  secret: string
  preview: InvitePreview
}

/** An invitation in the hands of somebody who is not signed in. */
export function JoinAnew(props: JoinProps) {
  const [known, setKnown] = useState(false)
  return known ? <SignInFirst {...props} onOther={() => setKnown(false)} /> : <Register {...props} onOther={() => setKnown(true)} />
}

export function leadOf(preview: InvitePreview): string {
  const { one, may } = ROLES[preview.role]
  return `You join as ${one}, who ${may.charAt(0).toLowerCase()}${may.slice(1)}`
}

/** An invitation that was sent to an address is for the account with that address. */
function fixed({ email }: InvitePreview) {
  return email === null ? { autoFocus: true } : { defaultValue: email, readOnly: true, hint: "The invitation is for this address." }
}

function Register({ secret, preview, onOther }: JoinProps & { onOther: () => void }) {
  const { auth } = useApi()
  const navigate = useNavigate()
  const register = useMutation({
    mutationFn: (values: FormData) => {
      return auth.register({
        email: text(values, "email"),
        username: text(values, "username"),
        password: text(values, "password"),
        invite: secret,
      })
    },
    // A viewer has no machine to connect.
    onSuccess: () => navigate({ to: preview.role === "viewer" ? "/" : "/connect" }),
  })
  const wrong = (field: string) => fieldError(register.error, field)
  return (
    <AuthForm
      title={`Join ${preview.team_name}`}
      lead={leadOf(preview)}
      submit="Create account and join"
      busy={register.isPending}
      error={register.error}
      onSubmit={register.mutate}
      footer={<Other question="Have an account?" act="Sign in and join" onPress={onOther} />}
    >
      <Field label="Email" name="email" type="email" autoComplete="email" required error={wrong("email")} {...fixed(preview)} />
      <Field label="User name" name="username" autoComplete="username" required autoFocus={preview.email !== null} maxLength={64} error={wrong("username")} hint="Your colleagues see it on your sessions." />
      <Field label="Password" name="password" type="password" autoComplete="new-password" required minLength={8} maxLength={1024} error={wrong("password")} hint="At least 8 characters. A sentence is fine." />
    </AuthForm>
  )
}

function SignInFirst({ preview, onOther }: JoinProps & { onOther: () => void }) {
  const { auth } = useApi()
  // Afterwards this page asks, with the name of whom it signed in, whether they want to join.
  const signIn = useMutation({ mutationFn: (values: FormData) => auth.signIn(text(values, "email"), text(values, "password")) })
  return (
    <AuthForm
      title={`Join ${preview.team_name}`}
      lead="Sign in with the account you have. It keeps the teams it is in."
      submit="Sign in"
      busy={signIn.isPending}
      error={signIn.error}
      onSubmit={signIn.mutate}
      footer={<Other question="New here?" act="Create an account" onPress={onOther} />}
    >
      <Field label="Email" name="email" type="email" autoComplete="username" required {...fixed(preview)} />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required autoFocus={preview.email !== null} />
    </AuthForm>
  )
}

function Other({ question, act, onPress }: { question: string; act: string; onPress: () => void }) {
  return (
    <>
      {question}{" "}
      <button type="button" onClick={onPress} className="font-medium text-accent-ink underline underline-offset-2">
        {act}
      </button>
    </>
  )
}
