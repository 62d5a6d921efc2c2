import { describe, expect, it } from "vitest"

import { changeOf, figuresOf, type TeamFigures } from "./figures"

const NOTHING: TeamFigures = {
  sessions: null, active_sessions: null, tokens: { total: null }, cost_usd: null, average_health: null, sessions_per_member: null,
  token_efficiency: null, output_per_uncached: null, cost_per_commit: null, commits: null, tool_calls: null, errors: null,
}

describe("a change", () => {
  it.each([
    [120, 100, "up", "20 %"],
    [80, 100, "down", "20 %"],
    [100, 100, "same", "No change"],
    [1001, 1000, "up", "< 1 %"],
    [5, 0, "up", "From 0"],
    [0, 5, "down", "100 %"],
    [120, 10, "up", "12 times"],
  ] as const)("from the one before: %d after %d", (now, before, direction, text) => {
    expect(changeOf(now, before)).toEqual({ direction, text })
  })

  it("is not made up where one of both is unknown", () => {
    expect(changeOf(null, 4)).toBeNull()
    expect(changeOf(4, null)).toBeNull()
  })
})

describe("figures", () => {
  it("say what they mean, and what they were before", () => {
    const now = { ...NOTHING, sessions: 12, tokens: { total: 2_500_000 }, token_efficiency: 0.021, commits: 4, cost_per_commit: 1.5 }
    const figures = Object.fromEntries(figuresOf(now, { ...NOTHING, sessions: 10 }).map((one) => [one.key, one]))
    expect(figures.sessions).toMatchObject({ text: "12", before: "10", change: { direction: "up", text: "20 %" } })
    expect(figures.tokens).toMatchObject({ text: "2.5 M", exact: "2,500,000 tokens", change: null, before: "—" })
    expect(figures.efficiency).toMatchObject({ text: "2.1 %", note: "output ÷ total" })
    expect(figures["per-commit"]).toMatchObject({ text: "$1.50", note: "4 commits" })
    expect(figuresOf(now, null).every((one) => one.definition.length > 20 && one.change === null)).toBe(true)
  })

  it("are dashes where nothing is known", () => {
    expect(new Set(figuresOf(NOTHING, NOTHING).map((one) => one.text))).toEqual(new Set(["—"]))
  })
})
