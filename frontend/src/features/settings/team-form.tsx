import { useId, useState, type ReactNode } from "react"

import { Problem } from "@/api/problem"
import { useChangeTeam, type TeamChange } from "@/api/team"
import type { Team } from "@/api/types"
import { Field } from "@/components/field"
import { fieldError, Form, sentence, text } from "@/components/form"
import { Select } from "@/components/select"
import { useToast } from "@/components/toasts"

import { healthIn } from "./health-values"
import { changeOf, zones, type TeamValues } from "./team-change"
import { DataFields, dataOf } from "./team-data"
import { HealthFields } from "./team-health"
import { LimitFields, limitsOf } from "./team-limits"
import { NoticeFields, noticesOf } from "./team-notices"
import { Check, PermissionFields, permissionsOf } from "./team-permissions"
import { PriceFields, pricesOf } from "./team-prices"

const VISIBILITIES = [
  { value: "private", label: "Private until shared" },
  { value: "team", label: "Shared with the team" },
]

/** The form begins anew where somebody else was faster, or where a change was taken back. */
export function TeamForm({ team }: { team: Team }) {
  const [begun, setBegun] = useState({ team, times: 0 })
  return <Fields key={begun.times} before={begun.team} onStale={(fresh) => setBegun({ team: fresh, times: begun.times + 1 })} latest={team} />
}

interface FieldsProps {
  before: Team
  latest: Team
  onStale: (team: Team) => void
}

function Fields({ before, latest, onStale }: FieldsProps) {
  const [seen, setSeen] = useState(before)
  const change = useChangeTeam(seen.id)
  const say = useToast()
  const undo = async (back: TeamChange, version: number) => {
    try {
      onStale(await change.mutateAsync({ change: back, version }))
    } catch (error) {
      say(sentence(error))
    }
  }
  const send = async (values: FormData) => {
    const { wanted, back } = changeOf(seen, valuesOf(values, seen))
    if (Object.keys(wanted).length === 0) return say("Nothing was changed")
    const saved = await change.mutateAsync({ change: wanted, version: seen.version })
    setSeen(saved)
    say("The team’s settings are saved", () => void undo(back, saved.version))
  }
  const stale = change.error instanceof Problem && change.error.status === 412
  const wrong = (field: string) => fieldError(change.error, field)
  const { settings } = before
  return (
    <Form
      submit="Save"
      busy={change.isPending}
      error={stale ? null : change.error}
      onSubmit={(values) => void send(values).catch(() => undefined)}
      beside={
        stale && (
          <p role="alert" className="text-critical-ink">
            Somebody else changed the team meanwhile; nothing of yours was saved.{" "}
            <button type="button" className="font-medium underline underline-offset-2" onClick={() => onStale(latest)}>
              Show what they saved
            </button>
          </p>
        )
      }
    >
      <Group title="Profile" about="What the team is called, and how it begins.">
        <Field label="Team name" name="name" required maxLength={100} defaultValue={before.name} error={wrong("name")} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Select
            label="New sessions are"
            name="default_visibility"
            choices={VISIBILITIES}
            defaultValue={settings.default_visibility}
            hint="Sessions that are there already stay as they are."
          />
          <Select
            label="Time zone"
            name="timezone"
            choices={zones(settings.timezone).map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }))}
            defaultValue={settings.timezone}
            hint="Where the team’s days begin and end."
          />
        </div>
        <Check name="weekly_report" checked={settings.weekly_report}>
          Tell members each Monday what the week came to
        </Check>
      </Group>
      <Group title="Health" about="When a session needs somebody. Scores go from 0 to 100.">
        <HealthFields team={before} wrong={wrong} />
      </Group>
      <Group title="Alerts" about="When people are told.">
        <div className="grid gap-4 sm:grid-cols-3">
          <Amount label="Token warning at (%)" name="token_warning_percent" min={1} max={100} value={settings.token_warning_percent} error={wrong("token_warning_percent")} hint="Of a context window, or of a limit" />
          <Amount label="Waiting (min)" name="waiting_alert_minutes" min={1} value={settings.waiting_alert_minutes} optional error={wrong("waiting_alert_minutes")} hint="Empty: never" />
          <Amount label="Not again within (min)" name="alert_cooldown_minutes" min={0} value={settings.alert_cooldown_minutes} error={wrong("alert_cooldown_minutes")} hint="After an alert is over" />
        </div>
      </Group>
      <Group title="Notifications" about="How those are told who have chosen nothing themselves.">
        <NoticeFields settings={settings} />
      </Group>
      <Group title="Limits" about="From the token warning’s share on, people are told; nothing is stopped.">
        <LimitFields team={before} wrong={wrong} />
      </Group>
      <Group title="Prices" about="Where the team pays other than the list price.">
        <PriceFields team={before} />
      </Group>
      <Group title="Permissions" about="What people may do beyond the team’s own pages.">
        <PermissionFields settings={settings} />
      </Group>
      <Group title="Data" about="What is taken in, and how long what is over is kept.">
        <DataFields settings={settings} wrong={wrong} />
      </Group>
    </Form>
  )
}

/** Fields of one subject, with what it is beside them where there is room. */
function Group({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="grid gap-x-8 gap-y-3 border-b border-line pb-5 xl:grid-cols-[11rem_minmax(0,1fr)]">
      <div>
        <h3 id={id} className="text-prose font-semibold">
          {title}
        </h3>
        <p className="text-meta text-muted">{about}</p>
      </div>
      <div className="flex min-w-0 flex-col gap-4">{children}</div>
    </section>
  )
}

interface AmountProps {
  label: string
  name: string
  min: number
  max?: number
  value: number | null | undefined
  optional?: boolean
  hint: string
  error: string | undefined
}

function Amount({ label, name, min, max, value, optional = false, hint, error }: AmountProps) {
  return <Field label={label} name={name} type="number" min={min} max={max} step={1} required={!optional} defaultValue={value ?? ""} hint={hint} error={error} />
}

function valuesOf(values: FormData, { settings }: Team): TeamValues {
  const number = (name: string) => Number(text(values, name))
  const maybe = (name: string) => (text(values, name).trim() === "" ? null : number(name))
  const health = Object.fromEntries([...values].filter((pair): pair is [string, string] => typeof pair[1] === "string"))
  return {
    name: text(values, "name").trim(),
    default_visibility: text(values, "default_visibility") === "team" ? "team" : "private",
    timezone: text(values, "timezone"),
    weekly_report: values.has("weekly_report"),
    ...healthIn(health),
    token_warning_percent: number("token_warning_percent"),
    waiting_alert_minutes: maybe("waiting_alert_minutes"),
    alert_cooldown_minutes: number("alert_cooldown_minutes"),
    ...limitsOf(values),
    prices: pricesOf(values, settings.prices),
    ...permissionsOf(values),
    ...noticesOf(values),
    ...dataOf(values),
  }
}
