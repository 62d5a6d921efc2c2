import { useState } from "react"

import { useMakeInvite } from "@/api/invites"
import type { MadeInvite, Role } from "@/api/types"
import { Button } from "@/components/button"
import { Field } from "@/components/field"
import { fieldError, Form, text } from "@/components/form"
import { CopyButton } from "@/components/notice"
import { ROLE_CHOICES, ROLES } from "@/components/roles"
import { Select } from "@/components/select"
import { counted } from "@/lib/format/numbers"
import { date } from "@/lib/format/times"

const DAY_MS = 86_400_000
// A minute less: what is asked for at the very edge would lie beyond it by the server's clock.
const MARGIN_MS = 60_000
const LIFETIMES = [
  { value: "1", label: "1 day" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
]

/** Role, how long, for how many; then the link, once. */
export function InviteForm({ team, onDone }: { team: string; onDone: () => void }) {
  const make = useMakeInvite(team)
  const [role, setRole] = useState<Role>("member")
  const send = (values: FormData) => {
    const expires_at = new Date(Date.now() + Number(text(values, "days")) * DAY_MS - MARGIN_MS).toISOString()
    make.mutate({ role, expires_at, max_uses: Number(text(values, "max_uses")) })
  }
  if (make.data) return <Made invite={make.data} onDone={onDone} />
  return (
    <Form submit="Create link" busy={make.isPending} error={make.error} onSubmit={send}>
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
        <Field label="People who can use it" name="max_uses" type="number" min={1} max={1000} step={1} required defaultValue={1} error={fieldError(make.error, "max_uses")} />
      </div>
    </Form>
  )
}

function Made({ invite, onDone }: { invite: MadeInvite; onDone: () => void }) {
  return (
    <div className="flex flex-col gap-3">
      <p>
        Send it to {counted(invite.max_uses, "person", "people")}: with it one joins as {ROLES[invite.role].one}, until {date(invite.expires_at)}. Copy it now; it
        cannot be shown again.
      </p>
      <pre tabIndex={0} aria-label="The link" data-testid="invite-link" className="rounded-md border border-line bg-canvas p-3 font-mono text-body break-all whitespace-pre-wrap">
        {invite.url}
      </pre>
      <div className="flex gap-2">
        <CopyButton look="primary" text={invite.url} label="Copy the link" />
        <Button onClick={onDone}>Done</Button>
      </div>
    </div>
  )
}
