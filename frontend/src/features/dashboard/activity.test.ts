import { expect, it } from "vitest"

import type { Member } from "@/api/types"
import { aSession, healthOf } from "@/testing/builders"
import { anInsight } from "@/testing/insight-facts"
import { anAlert } from "@/testing/notice-facts"

import { activityOf, endedOf } from "./activity"

const NOW = Date.parse("2026-11-22T12:00:00Z")
const hours = (count: number) => new Date(NOW - count * 3_600_000).toISOString()
const member = (name: string, joined_at: string): Member => ({ user_id: name, username: name, email: null, role: "member", joined_at })

it("tells of all that happened, the newest first, for a week", () => {
  const session = aSession({ id: "s", status: "ended", ended_at: hours(3), health: healthOf(20) })
  const deeds = activityOf(
    {
      insights: [anInsight({ id: "i", created_at: hours(1) }), anInsight({ id: "old", created_at: hours(200) })],
      members: [member("anna", hours(9)), member("ben", hours(2))],
      ended: [endedOf(session)!],
      alerts: [anAlert({ id: "b", kind: "budget_warning", opened_at: hours(4) })],
    },
    NOW,
  )
  expect(deeds.map((one) => one.key)).toEqual(["insight i", "member ben", "ended s", "budget b"])
})

it("says whether a session ended well, where that is known", () => {
  const ended = { status: "ended" as const, ended_at: hours(1) }
  expect(endedOf(aSession({ ...ended, health: healthOf(20) }))?.well).toBe(false)
  expect(endedOf(aSession({ ...ended, health: healthOf(90) }))?.well).toBe(true)
  expect(endedOf(aSession({ ...ended, health: null }))?.well).toBeNull()
  expect(endedOf(aSession({ status: "active" }))).toBeNull()
})
