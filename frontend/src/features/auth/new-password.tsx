import { Link } from "@tanstack/react-router"
import { Check } from "lucide-react"

import { useConfirmReset } from "@/api/mail"
import { Problem } from "@/api/problem"
import { buttonClasses } from "@/components/button"
import { Field } from "@/components/field"
import { fieldError, text } from "@/components/form"
import { Empty } from "@/components/notice"

import { Bare, NoWay } from "./bare"
import { AuthForm } from "./form"

const TITLE = "Choose a new password"

/** Where the link of a letter leads. */
export function NewPassword({ secret }: { secret: string }) {
  const confirm = useConfirmReset()
  if (confirm.isSuccess) return <Changed />
  if (isOver(confirm.error)) return <Over />
  const send = (values: FormData) => confirm.mutate({ token: secret, password: text(values, "password") })
  return (
    <AuthForm
      title={TITLE}
      lead="It signs you out everywhere. API tokens stay."
      submit="Change password"
      busy={confirm.isPending}
      error={confirm.error}
      onSubmit={send}
      footer={
        <>
          Remembered the old one?{" "}
          <Link to="/sign-in" className="font-medium text-accent-ink underline underline-offset-2">
            Sign in
          </Link>
        </>
      }
    >
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
        error={fieldError(confirm.error, "password")}
      />
    </AuthForm>
  )
}

/** Used, too old, or not whole: the server says no more of it, and a password that will not do is no such thing. */
function isOver(error: unknown): boolean {
  if (!(error instanceof Problem)) return false
  return error.status === 410 || error.fields.some((one) => one.field === "token")
}

function Over() {
  return (
    <NoWay
      title={TITLE}
      heading="This link does not work any more"
      action={
        <Link to="/reset" className={buttonClasses("primary")}>
          Ask for a new one
        </Link>
      }
    >
      It has been used, has expired, or is not whole.
    </NoWay>
  )
}

function Changed() {
  return (
    <Bare title={TITLE}>
      <Empty
        top
        title="Your password is changed"
        icon={<Check aria-hidden size={24} strokeWidth={1.5} />}
        action={
          <Link to="/sign-in" className={buttonClasses("primary")}>
            Sign in
          </Link>
        }
      >
        <p role="status">You are signed out everywhere. Sign in with the new password.</p>
      </Empty>
    </Bare>
  )
}
