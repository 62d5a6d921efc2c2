import { expect, it } from "vitest"

import type { Team } from "@/api/types"

import { changeOf, zones } from "./team-change"

const values = {
  name: "Harbour",
  default_visibility: "private" as const,
  timezone: "UTC",
  health_thresholds: { warning: 70, critical: 40 },
  token_warning_percent: 90,
}
const team = {
  name: "Harbour",
  settings: { ...values, allow_public: true },
} as unknown as Team

it("names nothing that stayed", () => {
  expect(changeOf(team, values)).toEqual({ wanted: {}, back: {} })
})

it("names what differs, and the way back", () => {
  const { wanted, back } = changeOf(team, { ...values, name: "Pier", health_thresholds: { warning: 80, critical: 40 } })
  expect(wanted).toEqual({ name: "Pier", settings: { health_thresholds: { warning: 80, critical: 40 } } })
  expect(back).toEqual({ name: "Harbour", settings: { health_thresholds: { warning: 70, critical: 40 } } })
})

it("offers UTC and the zone in use, each once", () => {
  const offered = zones("Mars/Olympus")
  expect(offered).toContain("UTC")
  expect(offered).toContain("Mars/Olympus")
  expect(new Set(offered).size).toBe(offered.length)
})
