import { useQuery } from "@tanstack/react-query"
import { useState } from "react"

import { useApi } from "@/api/context"
import { healthPreview, type HealthChange } from "@/api/team"
import type { Grade, SettingsPreview, Team } from "@/api/types"
import { Field } from "@/components/field"
import { GRADE_FILL, GRADE_NAMES } from "@/components/session/health"
import { counted } from "@/lib/format/numbers"
import { useSettled } from "@/lib/settled"

import { FACTORS, healthIn, isSameHealth, previewWords, type HealthValues, valuesOfHealth } from "./health-values"

/** Where grades are cut and what counts how much, and what that would make of the sessions there are. */
export function HealthFields({ team, wrong }: { team: Team; wrong: (field: string) => string | undefined }) {
  const [values, setValues] = useState<HealthValues>(() => valuesOfHealth(team.settings))
  const set = (name: string, value: string) => setValues({ ...values, [name]: value })
  const settled = useSettled(healthIn(values), 400)
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Points label="Warning below" name="warning" values={values} onChange={set} error={wrong("warning") ?? wrong("health_thresholds")} />
        <Points label="Critical below" name="critical" values={values} onChange={set} error={wrong("critical")} />
      </div>
      <fieldset>
        <legend className="mb-1.5 text-body font-medium">What counts how much</legend>
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          {FACTORS.map(({ name, label, weight }) => (
            <Points key={name} label={label} name={`weight_${name}`} values={values} onChange={set} placeholder={String(weight)} error={wrong(name)} />
          ))}
        </div>
        <p className="mt-1.5 text-meta text-muted">Weights of the factors of health. One that is not set counts as it says in grey; 0 leaves a factor out.</p>
      </fieldset>
      {!isSameHealth(settled, team.settings) && <Preview team={team.id} change={settled} />}
    </>
  )
}

interface PointsProps {
  label: string
  name: string
  values: HealthValues
  onChange: (name: string, value: string) => void
  placeholder?: string
  error: string | undefined
}

function Points({ label, name, values, onChange, placeholder, error }: PointsProps) {
  return (
    <Field
      label={label}
      name={name}
      type="number"
      min={0}
      max={100}
      step="any"
      required={placeholder === undefined}
      {...(placeholder === undefined ? {} : { placeholder })}
      value={values[name] ?? ""}
      onChange={(event) => onChange(name, event.target.value)}
      error={error}
    />
  )
}

function Preview({ team, change }: { team: string; change: HealthChange }) {
  const { data, error, isFetching } = useQuery({ ...healthPreview(useApi(), team, change), retry: false })
  return (
    <div role="status" aria-busy={isFetching} data-testid="health-preview" className="rounded-md border border-line bg-canvas p-3">
      {data ? <Outcome preview={data} /> : <p className="text-muted">{error ? "What this would change cannot be said now." : "Working out what this would change…"}</p>}
    </div>
  )
}

function Outcome({ preview }: { preview: SettingsPreview }) {
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium">{previewWords(preview)}</p>
      {preview.sessions > 0 && (
        <div className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3 gap-y-1.5 text-meta text-muted">
          <Spread label="Now" grades={preview.grades.before} />
          <Spread label="Then" grades={preview.grades.after} />
        </div>
      )}
    </div>
  )
}

const GRADES: readonly Grade[] = ["good", "warning", "critical"]

function Spread({ label, grades }: { label: string; grades: Record<Grade, number> }) {
  const all = GRADES.reduce((sum, grade) => sum + grades[grade], 0)
  const words = GRADES.map((grade) => `${grades[grade]} ${GRADE_NAMES[grade].toLowerCase()}`).join(", ")
  return (
    <>
      <span>{label}</span>
      <div className="flex min-w-0 items-center gap-3">
        <div role="img" aria-label={`${label}: ${words}`} data-tip={words} className="flex h-2 flex-1 gap-px overflow-hidden rounded-full bg-track">
          {all > 0 && GRADES.map((grade) => <span key={grade} className={GRADE_FILL[grade]} style={{ width: `${(grades[grade] / all) * 100}%` }} />)}
        </div>
        <span className="hidden shrink-0 tabular-nums sm:inline">{words}</span>
        <span className="shrink-0 tabular-nums sm:hidden">{counted(all, "session")}</span>
      </div>
    </>
  )
}
