import { describe, expect, it } from "vitest"

import type { HealthFactor } from "@/api/types"

import { DEFAULT_CUTS, gradeOf, prepareCurve, prepareFactors } from "./health"

const factor = (name: string, score: number, weight: number, value = 0): HealthFactor => ({ name, score, weight, value, explanation: name, event: null })

describe("factors", () => {
  it("stand by what they take off, with their share of what is known", () => {
    const views = prepareFactors([factor("loops", 100, 10), factor("context", 50, 25, 0.823), factor("errors", 0, 15, 12)], DEFAULT_CUTS)
    expect(views.map((view) => [view.label, view.share, view.loss, view.grade])).toEqual([
      ["Failed model calls", 30, 30, "critical"],
      ["Context in use", 50, 25, "warning"],
      ["Repeated calls", 20, 0, "good"],
    ])
    expect(views.map((view) => view.value)).toEqual(["12", "82 %", "0"])
  })

  it("and the score are one sum", () => {
    const factors = [factor("context", 30, 25), factor("errors", 80, 15), factor("activity", 100, 10)]
    const score = factors.reduce((sum, one) => sum + one.score * one.weight, 0) / 50
    expect(100 - prepareFactors(factors, DEFAULT_CUTS).reduce((sum, view) => sum + view.loss, 0)).toBeCloseTo(score, 10)
  })

  it("say their value in its unit", () => {
    const value = (name: string, amount: number) => prepareFactors([factor(name, 1, 1, amount)], DEFAULT_CUTS)[0]?.value
    expect([value("duration", 0.75), value("activity", 190), value("tool_failures", 0.125), value("new_one", 3)]).toEqual(["45 min", "3 h 10 min", "13 %", "3"])
  })

  it("are graded by the team's own cuts", () => {
    expect(gradeOf(69, DEFAULT_CUTS)).toBe("warning")
    expect(gradeOf(69, { warning: 60, critical: 20 })).toBe("good")
    expect(gradeOf(39, DEFAULT_CUTS)).toBe("critical")
  })
})

describe("the score over time", () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 8, minute)).toISOString()

  it("is a line in a box, lowest and ends named", () => {
    const curve = prepareCurve([{ at: at(30), score: 60 }, { at: at(0), score: 100 }, { at: at(15), score: 40 }])
    expect(curve).toMatchObject({ paths: ["M0 0L50 60L100 40"], lowest: 40, first: 100, last: 60 })
  })

  it("has a gap where nothing was measured", () => {
    expect(prepareCurve([{ at: at(0), score: 90 }, { at: at(15), score: 90 }, { at: at(120), score: 80 }])?.paths).toHaveLength(2)
  })

  it("is none of one measurement", () => {
    expect(prepareCurve([{ at: at(0), score: 90 }])).toBeNull()
    expect(prepareCurve([])).toBeNull()
  })
})
