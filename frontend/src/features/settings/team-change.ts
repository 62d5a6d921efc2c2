import type { TeamChange } from "@/api/team"
import type { Team, TeamSettings } from "@/api/types"

const SETTINGS = [
  "default_visibility", "timezone", "wall_names", "weekly_report", "health_thresholds", "health_weights", "token_warning_percent", "waiting_alert_minutes",
  "alert_cooldown_minutes", "token_limits", "cost_limits", "prices", "allow_public", "commands_allowed", "admin_commands", "retention_days",
  "retention", "capture_tier", "notification_defaults",
] as const

export type TeamValues = { name: string } & Pick<TeamSettings, (typeof SETTINGS)[number]>

/** Only what differs, and what would take it back. What the server does not keep is not asked of it. */
export function changeOf(team: Team, values: TeamValues): { wanted: TeamChange; back: TeamChange } {
  const differ = SETTINGS.filter((name) => name in team.settings && written(values[name]) !== written(team.settings[name]))
  const pick = (from: Partial<TeamSettings>) => Object.fromEntries(differ.map((name) => [name, from[name]])) as Partial<TeamSettings>
  const renamed = values.name !== team.name
  return {
    wanted: { ...(renamed ? { name: values.name } : {}), ...(differ.length > 0 ? { settings: pick(values) } : {}) },
    back: { ...(renamed ? { name: team.name } : {}), ...(differ.length > 0 ? { settings: pick(team.settings) } : {}) },
  }
}

/** The zones this browser knows, with UTC and the one in use, which it need not know. */
export function zones(current: string): string[] {
  return [...new Set(["UTC", current, ...Intl.supportedValuesOf("timeZone")])].sort()
}

/** The same text for the same value, in whatever order its parts are named; what is not set says nothing. */
function written(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).filter(([, one]) => one !== null).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
