import { useState } from "react"

import type { NoticeKind, Webhook, WebhookKind } from "@/api/types"
import { useWebhooks } from "@/api/webhooks"
import { Button } from "@/components/button"
import { Field } from "@/components/field"
import { fieldError, Form, text } from "@/components/form"
import { CopyButton } from "@/components/notice"
import { KIND_NAMES, KINDS } from "@/components/notices/kinds"
import { Select } from "@/components/select"
import { useToast } from "@/components/toasts"

export const RECEIVERS: Record<WebhookKind, { label: string; hint: string }> = {
  slack: { label: "Slack", hint: "The address of an incoming webhook of your Slack workspace." },
  teams: { label: "Microsoft Teams", hint: "The address of a workflow that posts to a channel." },
  generic: { label: "Your own receiver", hint: "It gets JSON by POST, signed with a secret that is shown once." },
}

const CHOICES = (Object.keys(RECEIVERS) as WebhookKind[]).map((value) => ({ value, label: RECEIVERS[value].label }))

interface WebhookFormProps {
  team: string
  /** The one to change; a new one without it. */
  webhook?: Webhook
  onDone: () => void
}

export function WebhookForm({ team, webhook, onDone }: WebhookFormProps) {
  const { add, change } = useWebhooks(team)
  const say = useToast()
  const [kind, setKind] = useState<WebhookKind>(webhook?.kind ?? "slack")
  const [events, setEvents] = useState<readonly NoticeKind[]>(webhook?.events ?? KIND_NAMES)
  const secret = add.data?.secret
  const { error } = webhook ? change : add
  if (typeof secret === "string") return <Secret secret={secret} onDone={onDone} />
  const send = (values: FormData) => {
    const words = { name: text(values, "name").trim(), url: text(values, "url").trim(), events: [...events] }
    if (webhook) {
      change.mutate(
        { webhook, change: words },
        {
          onSuccess: () => {
            say(`“${words.name}” is saved`)
            onDone()
          },
        },
      )
    } else add.mutate({ kind, enabled: true, ...words }, { onSuccess: (made) => made.secret ?? onDone() })
  }
  return (
    <Form
      submit={webhook ? "Save" : "Add"}
      busy={add.isPending || change.isPending}
      disabled={events.length === 0}
      error={error}
      onSubmit={send}
      beside={
        <Button look="ghost" onClick={onDone}>
          Cancel
        </Button>
      }
    >
      {!webhook && <Select label="Receiver" value={kind} onChange={(event) => setKind(event.target.value as WebhookKind)} choices={CHOICES} hint={RECEIVERS[kind].hint} />}
      <Field label="Name" name="name" required maxLength={100} autoFocus placeholder="Where it goes" defaultValue={webhook?.name} error={fieldError(error, "name")} />
      <Field
        label="Address"
        name="url"
        type="url"
        required
        maxLength={2000}
        autoComplete="off"
        placeholder="https://"
        defaultValue={webhook?.url}
        hint="Addresses in private networks are refused."
        error={fieldError(error, "url")}
      />
      <fieldset>
        <legend className="mb-1.5 text-body font-medium">Events</legend>
        <div className="grid gap-x-4 sm:grid-cols-2">
          {KIND_NAMES.map((one) => (
            <label key={one} className="flex min-h-7 items-center gap-2" data-tip={KINDS[one].meaning}>
              <input
                type="checkbox"
                className="size-4 accent-accent"
                checked={events.includes(one)}
                onChange={() => setEvents(events.includes(one) ? events.filter((each) => each !== one) : [...events, one])}
              />
              {KINDS[one].label}
            </label>
          ))}
        </div>
      </fieldset>
    </Form>
  )
}

function Secret({ secret, onDone }: { secret: string; onDone: () => void }) {
  return (
    <div className="flex flex-col gap-3">
      <p>
        With this secret your receiver checks that a message is ours: <code className="font-mono">X-Dashboard-Signature</code> is <code className="font-mono">v1=</code> and the
        HMAC-SHA256, in hex, of <code className="font-mono">X-Dashboard-Timestamp</code>, a dot and the body. Copy it now: it cannot be shown again.
      </p>
      <pre tabIndex={0} aria-label="The secret" data-testid="webhook-secret" className="rounded-md border border-line bg-canvas p-3 font-mono text-body break-all whitespace-pre-wrap">
        {secret}
      </pre>
      <div className="flex gap-2">
        <CopyButton look="primary" text={secret} label="Copy the secret" />
        <Button onClick={onDone}>Done</Button>
      </div>
    </div>
  )
}
