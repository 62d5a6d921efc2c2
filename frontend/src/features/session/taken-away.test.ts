import { expect, it } from "vitest"

import { aSession } from "@/testing/builders"

import { takenAway } from "./taken-away"

const NOW = Date.parse("2026-11-22T12:00:00Z")
const before = (days: number) => new Date(NOW - days * 86_400_000).toISOString()
const session = (days: number, status: "ended" | "idle" = "ended") => aSession({ status, last_activity_at: before(days) })

it("says why nothing is left of what the team has kept long enough", () => {
  expect(takenAway(session(31), { details_days: 30 }, NOW)).toBe("Your team keeps the details of ended sessions for 30 days.")
})

it.each([
  [session(29), { details_days: 30 }],
  [session(31, "idle"), { details_days: 30 }],
  [session(4_000), { details_days: null }],
  [session(4_000), undefined],
])("says nothing of what is still kept", (one, kept) => {
  expect(takenAway(one, kept, NOW)).toBeNull()
})
