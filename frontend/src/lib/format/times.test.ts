import { describe, expect, it } from "vitest"

import { ago, between, shortSpan, span } from "./times"

const NOW = Date.parse("2026-11-22T12:00:00Z")

describe("ago", () => {
  it.each([
    ["2026-11-22T11:59:30Z", "now"],
    ["2026-11-22T12:00:20Z", "now"],
    ["2026-11-22T11:56:00Z", "4 min ago"],
    ["2026-11-22T08:40:00Z", "3 h ago"],
  ])("%s → %s", (iso, text) => {
    expect(ago(iso, NOW)).toBe(text)
  })

  it("is a date after a day", () => {
    expect(ago("2026-11-20T12:00:00Z", NOW)).toMatch(/2026/)
  })
})

describe("span", () => {
  it.each([
    [45_000, "45 s"],
    [12 * 60_000, "12 min"],
    [200 * 60_000, "3 h 20 min"],
    [3 * 3_600_000, "3 h"],
    [52 * 3_600_000, "2 d 4 h"],
  ])("%s → %s", (ms, text) => {
    expect(span(ms)).toBe(text)
  })

  it("has one unit where room is short", () => {
    expect(shortSpan(200 * 60_000)).toBe("3 h")
  })
})

describe("between", () => {
  it("runs until now while there is no end, and is never negative", () => {
    expect(between("2026-11-22T11:30:00Z", null, NOW)).toBe("30 min")
    expect(between("2026-11-22T13:00:00Z", null, NOW)).toBe("0 s")
  })
})
