import type { HealthChange } from "@/api/team"
import type { SettingsPreview, TeamSettings } from "@/api/types"
import { counted } from "@/lib/format/numbers"

/** The factors of health, with what each counts where the team has not said so. */
export const FACTORS = [
  { name: "context", label: "Context use", weight: 25 },
  { name: "tool_failures", label: "Tool failures", weight: 20 },
  { name: "errors", label: "Errors", weight: 15 },
  { name: "duration", label: "Duration", weight: 10 },
  { name: "activity", label: "Activity", weight: 10 },
  { name: "compactions", label: "Compactions", weight: 10 },
  { name: "loops", label: "Loops", weight: 10 },
] as const

/** What stands in the fields, by their names. */
export type HealthValues = Record<string, string>

export function valuesOfHealth({ health_thresholds: cuts, health_weights: weights }: HealthChange): HealthValues {
  const written = FACTORS.flatMap(({ name }) => (weights?.[name] === undefined ? [] : [[`weight_${name}`, String(weights[name])]]))
  return { warning: String(cuts.warning), critical: String(cuts.critical), ...Object.fromEntries(written) as HealthValues }
}

/** What the fields say. A field that is empty, or no number, leaves its factor as it is by itself. */
export function healthIn(values: HealthValues): HealthChange {
  const weights = FACTORS.flatMap(({ name }) => {
    const text = values[`weight_${name}`] ?? ""
    return text.trim() === "" || !Number.isFinite(Number(text)) ? [] : [[name, Number(text)]]
  })
  return {
    health_thresholds: { warning: Number(values.warning), critical: Number(values.critical) },
    health_weights: Object.fromEntries(weights) as Record<string, number>,
  }
}

export function isSameHealth(change: HealthChange, settings: Pick<TeamSettings, "health_thresholds" | "health_weights">): boolean {
  const plain = ({ health_thresholds: cuts, health_weights: weights }: HealthChange) =>
    JSON.stringify([cuts.warning, cuts.critical, FACTORS.map(({ name }) => weights?.[name] ?? null)])
  return plain(change) === plain(settings)
}

/** "14 of the last 200 sessions change grade, 3 more alerts a week." */
export function previewWords({ sessions, changed, alerts_per_week: alerts }: SettingsPreview): string {
  if (sessions === 0) return "There is no session yet that this would change."
  const graded = changed === 0 ? `None of the last ${counted(sessions, "session")} changes grade` : `${changed} of the last ${counted(sessions, "session")} ${changed === 1 ? "changes" : "change"} grade`
  const more = Math.round((alerts.after - alerts.before) * 10) / 10
  const alarm = more === 0 ? "as many alerts a week" : `${counted(Math.abs(more), more > 0 ? "more alert" : "fewer alert", more > 0 ? "more alerts" : "fewer alerts")} a week`
  return `${graded}, ${alarm}.`
}
