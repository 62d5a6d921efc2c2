import { describe, expect, it } from "vitest"

import { axisOf, brief, full, onAxis, shareText } from "./units"

describe("numbers", () => {
  it("are short in front and exact behind, each in its unit", () => {
    expect([brief(1_234_567, "tokens"), full(1_234_567, "tokens")]).toEqual(["1.2 M", "1,234,567 tokens"])
    expect([brief(12.3456, "money"), full(12.345678, "money")]).toEqual(["$12.35", "$12.345678"])
    expect([brief(81.44, "score"), full(81.44, "score")]).toEqual(["81", "81.4 of 100"])
    expect([brief(0.0213, "share"), full(0.02134, "share")]).toEqual(["2.1 %", "2.13 %"])
    expect(brief(3_900, "duration")).toBe("1 h 5 min")
  })

  it("are not nothing as a share, where they are not nothing", () => {
    expect([shareText(0, 3), shareText(0, 0), shareText(12, 40), shareText(null, null)]).toEqual(["< 1 %", "0 %", "12 %", "0 %"])
  })

  it("are a dash where nothing is known, never a zero", () => {
    for (const unit of ["tokens", "money", "count", "score", "ratio", "share", "duration"] as const) {
      expect([brief(null, unit), full(undefined, unit)]).toEqual(["—", "—"])
    }
    expect(brief(0, "count")).toBe("0")
  })
})

describe("an axis", () => {
  it("has at most five round values that hold the largest", () => {
    for (const largest of [0.0031, 0.4, 1, 3, 7, 12, 99, 101, 5_000, 123_456, 9_999_999]) {
      const ticks = axisOf(largest, "money")
      expect(ticks.length).toBeLessThanOrEqual(5)
      expect(ticks[0]).toBe(0)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(largest)
    }
  })

  it("counts in whole steps, and health always to 100", () => {
    expect(axisOf(3, "count")).toEqual([0, 1, 2, 3])
    expect(axisOf(9, "count")).toEqual([0, 3, 6, 9])
    expect(axisOf(0, "count")).toEqual([0])
    expect(axisOf(12, "score")).toEqual([0, 25, 50, 75, 100])
    expect(onAxis(2_500, "money")).toBe("$2.5 k")
  })
})
