import { describe, expect, it } from "vitest"

import type { TimelineEvent } from "@/api/types"

import { columnsOf, lanesOf, tracksOf } from "./lanes"
import { merged, touch } from "./timeline-steps"

const step = (id: string, lane: string | null = null, second = 0): TimelineEvent => ({
  id, at: new Date(Date.UTC(2026, 10, 22, 8, 0, second)).toISOString(), kind: "tool", lane,
  name: null, outcome: null, category: null, duration_ms: null, tokens: null, context_used: null, detail: null,
})
const agent = (id: string, kind: string | null) => ({
  id, kind, model: null, status: null, tool_calls: 1, tokens: null, started_at: null, last_activity_at: null,
})

describe("lanes", () => {
  const items = [step("f"), step("e", "b"), step("d", "a"), step("c", "b"), step("b"), step("a", "a")]

  it("are those that the steps name, in the order the sub-agents began", () => {
    const lanes = lanesOf(items, [agent("a", "Explore"), agent("b", null), agent("never", "Plan")])
    expect(lanes.map((lane) => [lane.id, lane.name, lane.column])).toEqual([["a", "Explore", 1], ["b", "Sub-agent", 2]])
    expect(columnsOf(lanes)).toBe(2)
  })

  it("keep their colour whichever steps are shown", () => {
    const agents = [agent("a", "Explore"), agent("b", "Plan")]
    const all = lanesOf(items, agents).find((lane) => lane.id === "b")
    expect(lanesOf([step("e", "b")], agents)[0]?.colour).toBe(all?.colour)
  })

  it("run from their first to their last step", () => {
    const tracks = tracksOf(items, lanesOf(items))
    expect(tracks.map(({ lane, first, last }) => [lane.id, first, last])).toEqual([["b", 1, 3], ["a", 2, 5]])
  })

  it("are none in a session of one", () => {
    expect(lanesOf([step("a")])).toEqual([])
    expect(columnsOf([])).toBe(0)
  })
})

describe("pages of steps", () => {
  const page = (next_cursor: string | null, ...items: TimelineEvent[]) => ({ items, next_cursor })

  it("make one list, with the newest word on each step", () => {
    const known = { ...step("b", null, 2), outcome: "failed" as const }
    const list = merged([page("x", step("c", null, 3), known), page("x", step("b", null, 2), step("a", null, 1))])
    expect(list.map((event) => event.id)).toEqual(["c", "b", "a"])
    expect(list[1]?.outcome).toBe("failed")
  })

  it("touch only where nothing can be missing between them", () => {
    const before = page("x", step("b"), step("a"))
    expect(touch(page("y", step("c"), step("b")), before)).toBe(true)
    expect(touch(page("y", step("z")), before)).toBe(false)
    expect(touch(page(null, step("z")), before)).toBe(true)
  })
})
