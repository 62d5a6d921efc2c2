import { describe, expect, it } from "vitest"

import { bucketFor, bucketRange, bucketsFor, daysOf, isSameRange, presetRange, rangeLabel, rangeOf, refusal } from "./range"
import { PRESETS } from "./search"

const TODAY = "2026-11-22"

describe("presets", () => {
  it.each([
    ["today", "2026-11-22", "2026-11-23"],
    ["7d", "2026-11-16", "2026-11-23"],
    ["30d", "2026-10-24", "2026-11-23"],
    ["90d", "2026-08-25", "2026-11-23"],
    ["month", "2026-11-01", "2026-11-23"],
    ["last-month", "2026-10-01", "2026-11-01"],
  ] as const)("%s is whole days, the last of them not included", (preset, from, to) => {
    expect(presetRange(preset, TODAY)).toEqual({ from, to })
  })

  it("have as many days as they say, whatever the clocks do", () => {
    expect(PRESETS.map((preset) => daysOf(presetRange(preset, "2026-10-26")))).toEqual([1, 7, 30, 90, 26, 30])
  })

  it("give way to days of one's own, and 30 days stand where nothing was chosen", () => {
    expect(rangeOf({}, TODAY)).toEqual(presetRange("30d", TODAY))
    expect(rangeOf({ from: "2026-11-01", to: "2026-11-02" }, TODAY)).toEqual({ from: "2026-11-01", to: "2026-11-02" })
  })
})

describe("days of one's own", () => {
  it("are refused with the reason", () => {
    expect(refusal("2026-11-01", "2026-11-01")).toBeNull()
    expect(refusal("", "2026-11-01")).toMatch(/needed/)
    expect(refusal("2026-11-02", "2026-11-01")).toMatch(/before/)
    expect(refusal("2025-10-19", "2026-11-22")).toBeNull()
    expect(refusal("2025-10-18", "2026-11-22")).toMatch(/At most 400/)
  })
})

describe("buckets", () => {
  const days = (count: number) => ({ from: "2026-01-01", to: new Date(Date.UTC(2026, 0, 1 + count)).toISOString().slice(0, 10) })

  it("are as fine as can be read, and what was chosen where the range allows it", () => {
    expect([1, 2, 3, 92, 93, 400].map((count) => bucketFor(days(count), undefined))).toEqual(["hour", "hour", "day", "day", "week", "week"])
    expect(bucketFor(days(30), "hour")).toBe("hour")
    expect(bucketFor(days(90), "hour")).toBe("day")
    expect(bucketsFor(days(1))).toEqual(["hour"])
  })

  it("narrow the page to themselves: a day or week of the zone, or the very hour", () => {
    // Local midnight in Tokyo is the afternoon before in UTC.
    expect(bucketRange("2026-11-21T15:00:00Z", undefined, "day", "Asia/Tokyo")).toEqual({ from: "2026-11-22", to: "2026-11-23" })
    expect(bucketRange("2026-10-25T23:00:00Z", undefined, "week", "Europe/Berlin")).toEqual({ from: "2026-10-26", to: "2026-11-02" })
    // Lord Howe's clocks go back by half an hour: that hour has 90 minutes.
    const [at, next] = ["2026-04-04T14:00:00Z", "2026-04-04T15:30:00Z"]
    expect(bucketRange(at, next, "hour", "Australia/Lord_Howe")).toEqual({ from: at, to: next })
    expect(bucketRange(at, undefined, "hour", "UTC").to).toBe("2026-04-04T15:00:00.000Z")
  })

  it("are known to be all there is", () => {
    expect(isSameRange({ from: "2026-11-22T13:00:00Z", to: "2026-11-22T14:00:00Z" }, { from: "2026-11-22T13:00:00.000Z", to: "2026-11-22T14:00:00Z" })).toBe(true)
  })
})

describe("a range in words", () => {
  it("names its last day, not the one after", () => {
    expect(rangeLabel({ from: "2026-11-16", to: "2026-11-23" }, "UTC")).toMatch(/Nov 16\s–\s22, 2026/)
    expect(rangeLabel({ from: "2026-11-22", to: "2026-11-23" }, "UTC")).toBe("Nov 22, 2026")
  })

  it("names whole days of the zone although they are told as instants", () => {
    expect(rangeLabel({ from: "2026-10-23T22:00:00Z", to: "2026-10-25T23:00:00Z" }, "Europe/Berlin")).toMatch(/Oct 24\s–\s25, 2026/)
  })

  it("names hours by the zone's clock", () => {
    expect(rangeLabel({ from: "2026-11-22T23:00:00Z", to: "2026-11-23T00:00:00Z" }, "Europe/Berlin")).toBe("Nov 23, 00:00 – 01:00")
    expect(rangeLabel({ from: "2026-11-22T23:00:00Z", to: "2026-11-23T00:00:00Z" }, "UTC")).toBe("Nov 22, 23:00 – Nov 23, 00:00")
  })
})
