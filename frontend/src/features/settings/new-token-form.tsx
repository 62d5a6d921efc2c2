import { useState, type SubmitEvent } from "react"

import { Problem } from "@/api/problem"
import { useCreateToken } from "@/api/tokens"
import type { Scope } from "@/api/types"
import { Button } from "@/components/button"
import { Field } from "@/components/field"
import { CopyButton } from "@/components/notice"

const SCOPES = [
  { scope: "agent", label: "Agent", meaning: "send reports and take commands" },
  { scope: "read", label: "Read", meaning: "read what you may read" },
  { scope: "write", label: "Write", meaning: "change what you may change" },
] as const

const DAY_MS = 86_400_000

const LIFETIMES = [
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "1 year" },
] as const

export function NewTokenForm({ onDone }: { onDone: () => void }) {
  const create = useCreateToken()
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"])
  const [days, setDays] = useState<number>(90)
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = new FormData(event.currentTarget).get("name") as string
    create.mutate({ name, scopes: [...scopes], expires_at: new Date(Date.now() + days * DAY_MS).toISOString() })
  }
  if (create.data) return <Made token={create.data.token} onDone={onDone} />
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name" name="name" required maxLength={100} autoFocus placeholder="What will use it" />
      <fieldset>
        <legend className="mb-1.5 font-medium">What it may do</legend>
        {SCOPES.map(({ scope, label, meaning }) => (
          <label key={scope} className="flex min-h-6 items-center gap-2">
            <input
              type="checkbox"
              className="accent-accent"
              checked={scopes.includes(scope)}
              onChange={() => setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope])}
            />
            <span>
              {label} <span className="text-muted">{meaning}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend className="mb-1.5 font-medium">Ends after</legend>
        <div className="flex gap-4">
          {LIFETIMES.map((choice) => (
            <label key={choice.label} className="flex min-h-6 items-center gap-2">
              <input type="radio" name="days" className="accent-accent" checked={days === choice.days} onChange={() => setDays(choice.days)} />
              {choice.label}
            </label>
          ))}
        </div>
      </fieldset>
      {create.error && (
        <p role="alert" className="text-critical-ink">
          {create.error instanceof Problem ? (create.error.detail ?? create.error.message) : create.error.message}
        </p>
      )}
      <Button type="submit" look="primary" busy={create.isPending} disabled={scopes.length === 0 || create.isPending}>
        Create token
      </Button>
    </form>
  )
}

function Made({ token, onDone }: { token: string; onDone: () => void }) {
  return (
    <div className="flex flex-col gap-3">
      <p>Copy it now: it cannot be shown again.</p>
      <pre tabIndex={0} aria-label="The new token" className="rounded-md border border-line bg-canvas p-3 font-mono text-body break-all whitespace-pre-wrap">
        {token}
      </pre>
      <div className="flex gap-2">
        <CopyButton look="primary" text={token} label="Copy the token" />
        <Button onClick={onDone}>Done</Button>
      </div>
    </div>
  )
}
