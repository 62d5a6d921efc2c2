import type { TeamChange } from "@/api/team"
import type { Team, TeamSettings } from "@/api/types"

export type TeamValues = { name: string } & Pick<TeamSettings, "default_visibility" | "timezone" | "health_thresholds" | "token_warning_percent">

const SETTINGS = ["default_visibility", "timezone", "health_thresholds", "token_warning_percent"] as const

/** Only what differs, and what would take it back. */
export function changeOf(team: Team, values: TeamValues): { wanted: TeamChange; back: TeamChange } {
  const differ = SETTINGS.filter((name) => JSON.stringify(values[name]) !== JSON.stringify(team.settings[name]))
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
