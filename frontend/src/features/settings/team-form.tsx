import { useState } from "react"

import { Problem } from "@/api/problem"
import { useChangeTeam, type TeamChange } from "@/api/team"
import type { Team } from "@/api/types"
import { Field } from "@/components/field"
import { fieldError, Form, sentence, text } from "@/components/form"
import { Select } from "@/components/select"
import { useToast } from "@/components/toasts"

import { changeOf, zones, type TeamValues } from "./team-change"

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
    const { wanted, back } = changeOf(seen, valuesOf(values))
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
      <fieldset className="grid gap-4 sm:grid-cols-3">
        <legend className="sr-only">Thresholds</legend>
        <Percent label="Health: warning below" name="warning" min={0} value={settings.health_thresholds.warning} error={wrong("warning") ?? wrong("health_thresholds")} />
        <Percent label="Health: critical below" name="critical" min={0} value={settings.health_thresholds.critical} error={wrong("critical")} />
        <Percent label="Token warning at (%)" name="token_warning_percent" min={1} value={settings.token_warning_percent} error={wrong("token_warning_percent")} />
      </fieldset>
    </Form>
  )
}

function Percent({ label, name, min, value, error }: { label: string; name: string; min: number; value: number; error: string | undefined }) {
  return <Field label={label} name={name} type="number" min={min} max={100} step={1} required defaultValue={value} error={error} />
}

function valuesOf(values: FormData): TeamValues {
  const number = (name: string) => Number(text(values, name))
  return {
    name: text(values, "name").trim(),
    default_visibility: text(values, "default_visibility") === "team" ? "team" : "private",
    timezone: text(values, "timezone"),
    health_thresholds: { warning: number("warning"), critical: number("critical") },
    token_warning_percent: number("token_warning_percent"),
  }
}
