import { expect, it } from "vitest"

import { somePreferences } from "@/testing/notice-facts"

import { defaultsWith, isSame, turned, turnedAll, usualWays } from "./preferences"

it("turns one way of one kind about, and nothing else", () => {
  const before = somePreferences()
  const after = { ...before, events: turned(before.events, "mention", "email") }
  expect(after.events.mention).toEqual({ ...before.events.mention, email: !before.events.mention!.email })
  expect(isSame(before, after)).toBe(false)
  expect(isSame(before, { ...before, events: turned(after.events, "mention", "email") })).toBe(true)
})

it("turns a way of all kinds on first, then off", () => {
  const on = turnedAll(somePreferences().events, "push")
  expect(Object.values(on).every((ways) => ways.push)).toBe(true)
  expect(Object.values(turnedAll(on, "push")).some((ways) => ways.push)).toBe(false)
})

it("keeps of a team’s defaults what was not touched, and names no more than what was", () => {
  const kept = { mention: { email: false }, runaway: {} }
  const usual = usualWays(kept)
  expect(usual.mention).toMatchObject({ app: true, email: false, push: false, slack: true })
  expect(usual.weekly_report).toMatchObject({ email: true })
  expect(defaultsWith(kept, usual)).toEqual(kept)
  expect(defaultsWith(kept, turned(turned(usual, "mention", "push"), "health_alert", "app"))).toEqual({
    ...kept,
    mention: { email: false, push: true },
    health_alert: { app: false },
  })
})

it("knows other quiet hours from the same ones", () => {
  const before = somePreferences()
  const after = { ...before, quiet_hours: { from: "22:00", to: "07:00", timezone: "UTC" } }
  expect(isSame(before, after)).toBe(false)
})
