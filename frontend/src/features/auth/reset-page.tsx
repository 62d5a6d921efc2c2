import { useQuery } from "@tanstack/react-query"
import { Link, useLocation } from "@tanstack/react-router"
import { Mail, MailX } from "lucide-react"
import { useState } from "react"

import { useApi } from "@/api/context"
import { mailOptions, useAskReset } from "@/api/mail"
import { Button, buttonClasses } from "@/components/button"
import { Field } from "@/components/field"
import { fieldError, text } from "@/components/form"
import { CopyButton, Empty, Failure } from "@/components/notice"
import { counted } from "@/lib/format/numbers"

import { Bare, Waiting } from "./bare"
import { AuthForm } from "./form"
import { NewPassword } from "./new-password"

const TITLE = "Reset password"

/** Asks for a letter; the link in it leads here again, with a secret behind the "#", which no browser sends to a server. */
export function ResetPage() {
  const secret = useLocation({ select: (location) => location.hash })
  return secret === "" ? <AskForLetter /> : <NewPassword key={secret} secret={secret} />
}

function AskForLetter() {
  const mail = useQuery(mailOptions(useApi()))
  const [sentTo, setSentTo] = useState<string | null>(null)
  if (mail.error && !mail.data) {
    return (
      <Bare title={TITLE}>
        <h1 className="sr-only">{TITLE}</h1>
        <Failure title="It could not be found out whether this server sends mail" error={mail.error} retry={() => void mail.refetch()} />
      </Bare>
    )
  }
  if (!mail.data) return <Waiting title={TITLE} label="Finding out whether this server sends mail" />
  if (!mail.data.enabled) return <NoMail />
  if (sentTo !== null) return <Asked email={sentTo} minutes={mail.data.reset_minutes} onAgain={() => setSentTo(null)} />
  return <AskForm onSent={setSentTo} />
}

function AskForm({ onSent }: { onSent: (email: string) => void }) {
  const ask = useAskReset()
  const send = (values: FormData) => {
    const email = text(values, "email").trim()
    ask.mutate(email, { onSuccess: () => onSent(email) })
  }
  return (
    <AuthForm
      title={TITLE}
      lead="A letter with a link to choose a new one goes to the address of your account."
      submit="Send the link"
      busy={ask.isPending}
      error={ask.error}
      onSubmit={send}
      footer={<ToSignIn />}
    >
      <Field label="Email" name="email" type="email" autoComplete="username" required autoFocus maxLength={254} error={fieldError(ask.error, "email")} />
    </AuthForm>
  )
}

function Asked({ email, minutes, onAgain }: { email: string; minutes: number; onAgain: () => void }) {
  return (
    <Bare title={TITLE}>
      <Empty
        top
        title="Look into your mail"
        icon={<Mail aria-hidden size={24} strokeWidth={1.5} />}
        action={
          <>
            <Button onClick={onAgain}>Ask again</Button>
            <Link to="/sign-in" className={buttonClasses("ghost")}>
              Sign in
            </Link>
          </>
        }
      >
        <p role="status">
          If there is an account with {email}, a letter with a link is on its way to it. The link works once, for {counted(minutes, "minute")}.
        </p>
      </Empty>
    </Bare>
  )
}

/** What helps instead, for whoever runs the server. */
function NoMail() {
  const command = "python -m services user reset EMAIL"
  return (
    <Bare title={TITLE}>
      <Empty
        top
        title="This server sends no mail"
        icon={<MailX aria-hidden size={24} strokeWidth={1.5} />}
        action={
          <>
            <CopyButton text={command} label="Copy the command" />
            <Link to="/sign-in" className={buttonClasses("ghost")}>
              Sign in
            </Link>
          </>
        }
      >
        <p>Ask whoever runs it for a new password. On the server, this prints one, with the address of your account in place of EMAIL:</p>
        <pre tabIndex={0} aria-label="The command" className="mt-3 rounded-md border border-line bg-canvas p-3 text-left font-mono text-body break-all whitespace-pre-wrap text-text">
          {command}
        </pre>
      </Empty>
    </Bare>
  )
}

function ToSignIn() {
  return (
    <>
      Remembered it?{" "}
      <Link to="/sign-in" className="font-medium text-accent-ink underline underline-offset-2">
        Sign in
      </Link>
    </>
  )
}
