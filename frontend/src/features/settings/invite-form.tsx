import { useQuery } from "@tanstack/react-query"
import { useState } from "react"

import { useApi } from "@/api/context"
import { useMakeInvite } from "@/api/invites"
import { mailOptions } from "@/api/mail"
import type { Role } from "@/api/types"
import { Field } from "@/components/field"
import { fieldError, Form, text } from "@/components/form"
import { ROLE_CHOICES } from "@/components/roles"
import { Select } from "@/components/select"

import { InviteMade } from "./invite-made"

const DAY_MS = 86_400_000
// A minute less: what is asked for at the very edge would lie beyond it by the server's clock.
const MARGIN_MS = 60_000
const LIFETIMES = [
  { value: "1", label: "1 day" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
]

/** To whom, as what, how long, for how many; then the link, once. */
export function InviteForm({ team, onDone }: { team: string; onDone: () => void }) {
  const make = useMakeInvite(team)
  const [role, setRole] = useState<Role>("member")
  const [email, setEmail] = useState("")
  const send = (values: FormData) => {
    const expires_at = new Date(Date.now() + Number(text(values, "days")) * DAY_MS - MARGIN_MS).toISOString()
    const whom = email.trim() === "" ? { max_uses: Number(text(values, "max_uses")) } : { email: email.trim(), max_uses: 1 }
    make.mutate({ role, expires_at, ...whom })
  }
  if (make.data) return <InviteMade invite={make.data} onDone={onDone} />
  return (
    <Form submit={email.trim() === "" ? "Create link" : "Send invitation"} busy={make.isPending} error={make.error} onSubmit={send}>
      <ByMail value={email} onChange={setEmail} error={fieldError(make.error, "email")} />
      <fieldset>
        <legend className="mb-1.5 font-medium">Role</legend>
        <div className="flex flex-col gap-2">
          {[...ROLE_CHOICES].reverse().map((choice) => (
            <label key={choice.value} className="flex gap-2">
              <input type="radio" name="role" className="mt-0.5 size-4 shrink-0 accent-accent" checked={role === choice.value} onChange={() => setRole(choice.value)} />
              <span>
                {choice.label} <span className="block text-meta text-muted">{choice.meaning}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select label="Good for" name="days" choices={LIFETIMES} defaultValue="7" />
        {email.trim() === "" && (
          <Field label="People who can use it" name="max_uses" type="number" min={1} max={1000} step={1} required defaultValue={1} error={fieldError(make.error, "max_uses")} />
        )}
      </div>
    </Form>
  )
}

/** The address, where the server sends mail; else why there is only a link. */
function ByMail({ value, onChange, error }: { value: string; onChange: (email: string) => void; error: string | undefined }) {
  const { data } = useQuery(mailOptions(useApi()))
  if (data === undefined) return null
  if (!data.enabled) {
    return (
      <p className="rounded-md bg-track px-3 py-2 text-meta">
        This server sends no mail (<code className="font-mono">SMTP_URL</code> is not set): you get a link to send yourself.
      </p>
    )
  }
  return (
    <Field
      label="Email"
      type="email"
      autoComplete="off"
      autoFocus
      maxLength={254}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      hint="The link goes there, and is for this address alone. Leave it empty for a link that you send yourself."
      error={error}
    />
  )
}
