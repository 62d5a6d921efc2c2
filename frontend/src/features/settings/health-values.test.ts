import { describe, expect, it } from "vitest"

import { healthIn, isSameHealth, previewWords, valuesOfHealth } from "./health-values"

const settings = { health_thresholds: { warning: 70, critical: 40 }, health_weights: { loops: 0, errors: 30 } }

describe("the fields of health", () => {
  it("say what they were given", () => {
    expect(healthIn(valuesOfHealth(settings))).toEqual({ health_thresholds: { warning: 70, critical: 40 }, health_weights: { errors: 30, loops: 0 } })
    expect(isSameHealth(healthIn(valuesOfHealth(settings)), settings)).toBe(true)
  })

  it("leave a factor alone whose field is empty", () => {
    const change = healthIn({ ...valuesOfHealth(settings), weight_errors: "" })
    expect(change.health_weights).toEqual({ loops: 0 })
    expect(isSameHealth(change, settings)).toBe(false)
  })
})

describe("the preview", () => {
  const grades = { good: 150, warning: 40, critical: 10 }
  const preview = (changed: number, before: number, after: number, sessions = 200) =>
    previewWords({ sessions, changed, grades: { before: grades, after: grades }, alerts_per_week: { before, after } })

  it.each([
    [preview(14, 2, 5), "14 of the last 200 sessions change grade, 3 more alerts a week."],
    [preview(1, 5, 4), "1 of the last 200 sessions changes grade, 1 fewer alert a week."],
    [preview(0, 1.5, 1.5), "None of the last 200 sessions changes grade, as many alerts a week."],
    [preview(0, 0, 0, 0), "There is no session yet that this would change."],
  ])("says %j", (said, wanted) => expect(said).toBe(wanted))
})
