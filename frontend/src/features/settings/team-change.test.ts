import { expect, it } from "vitest"

import type { Team } from "@/api/types"

import { changeOf, zones } from "./team-change"

const values = {
  name: "Harbour",
  default_visibility: "private" as const,
  timezone: "UTC",
  health_thresholds: { warning: 70, critical: 40 },
  token_warning_percent: 90,
  allow_public: false,
  commands_allowed: ["close" as const, "refresh" as const],
  admin_commands: false,
  wall_names: "full" as const,
  health_weights: { loops: 5, errors: 20 },
  token_limits: { per_session: 200_000, per_member_day: null, per_team_month: null },
  retention_days: 30,
  cost_limits: {},
  weekly_report: false,
  waiting_alert_minutes: 10,
  alert_cooldown_minutes: 10,
  prices: { "own-model": { input: 1, output: 2 } },
  retention: { details_days: 30 },
  capture_tier: "metadata" as const,
  notification_defaults: { mention: { email: false } },
}
const team = {
  name: "Harbour",
  settings: { ...values, health_weights: { errors: 20, loops: 5 }, token_limits: { per_session: 200_000 }, prices: values.prices },
} as unknown as Team

it("names nothing that stayed", () => {
  expect(changeOf(team, values)).toEqual({ wanted: {}, back: {} })
})

it("names what differs, and the way back", () => {
  const { wanted, back } = changeOf(team, { ...values, name: "Pier", health_thresholds: { warning: 80, critical: 40 } })
  expect(wanted).toEqual({ name: "Pier", settings: { health_thresholds: { warning: 80, critical: 40 } } })
  expect(back).toEqual({ name: "Harbour", settings: { health_thresholds: { warning: 70, critical: 40 } } })
})

it("names what may be done of a sudden", () => {
  const { wanted, back } = changeOf(team, { ...values, allow_public: true, commands_allowed: [], wall_names: "none" })
  expect(wanted).toEqual({ settings: { allow_public: true, commands_allowed: [], wall_names: "none" } })
  expect(back).toEqual({ settings: { allow_public: false, commands_allowed: ["close", "refresh"], wall_names: "full" } })
})

it("asks nothing of a server that does not keep it, and takes no order of names for a change", () => {
  const { prices, ...kept } = team.settings
  expect(prices).toBeDefined()
  expect(changeOf({ ...team, settings: kept }, { ...values, retention_days: null }).wanted).toEqual({ settings: { retention_days: null } })
})

it("offers UTC and the zone in use, each once", () => {
  const offered = zones("Mars/Olympus")
  expect(offered).toContain("UTC")
  expect(offered).toContain("Mars/Olympus")
  expect(new Set(offered).size).toBe(offered.length)
})
