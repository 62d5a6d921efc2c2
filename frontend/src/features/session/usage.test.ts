import { describe, expect, it } from "vitest"

import type { UsagePoint } from "@/api/types"

import { axisTicks, BUCKET_MS, contextOf, marksOf, prepareUsage, sumOf, timeTicks, usageCsv } from "./usage"

const START = Date.parse("2026-11-22T08:00:00Z")
const LATER = START + 90 * 86_400_000

const point = (bucket: number, input: number): UsagePoint => ({
  at: new Date(START + bucket * BUCKET_MS).toISOString(),
  input,
  output: 1,
  cache_read: 0,
  cache_write: 0,
  context_used: 10 * bucket,
  cost_usd: 0.5,
})

describe("prepareUsage", () => {
  it("leaves a gap where nothing was recorded, and no zero", () => {
    const bars = prepareUsage([point(0, 5), point(3, 7)], LATER)
    expect(bars.map((bar) => bar.input)).toEqual([5, null, null, 7])
  })

  it("marks the bar whose time is not over", () => {
    const bars = prepareUsage([point(0, 5), point(1, 5)], START + BUCKET_MS + 60_000)
    expect(bars.map((bar) => bar.open)).toEqual([false, true])
  })

  it("puts quarter hours together when there are too many, and loses nothing", () => {
    const points = Array.from({ length: 400 }, (_, index) => point(index, 3))
    const bars = prepareUsage(points, LATER)
    expect(bars.length).toBeLessThanOrEqual(96)
    expect(bars.reduce((sum, bar) => sum + (bar.input ?? 0), 0)).toBe(1200)
    expect(bars.reduce((sum, bar) => sum + (bar.cost_usd ?? 0), 0)).toBe(200)
    expect(bars[0]?.context_used).toBe(10 * (bars[0]!.to - bars[0]!.from) / BUCKET_MS - 10)
  })

  it("does not care for the order of the points", () => {
    expect(prepareUsage([point(3, 7), point(0, 5)], LATER)).toEqual(prepareUsage([point(0, 5), point(3, 7)], LATER))
  })

  it("makes nothing of nothing", () => {
    expect(prepareUsage([], LATER)).toEqual([])
  })

  it("does not know a cost of which one part is unknown", () => {
    const points = Array.from({ length: 400 }, (_, index) => ({ ...point(index, 3), ...(index === 1 ? { cost_usd: null } : {}) }))
    const [first, second] = prepareUsage(points, LATER)
    expect(first?.cost_usd).toBeNull()
    expect(second?.cost_usd).toBeGreaterThan(0)
  })
})

describe("axes", () => {
  it.each([0, 1, 7, 99, 220_417, 1_000_000, 3_333_333])("has at most five ticks that hold %s", (largest) => {
    const ticks = axisTicks(largest)
    expect(ticks.length).toBeLessThanOrEqual(5)
    expect(ticks[0]).toBe(0)
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(largest)
  })

  it("names at most five instants", () => {
    const bars = prepareUsage(Array.from({ length: 77 }, (_, index) => point(index, 1)), LATER)
    expect(timeTicks(bars).length).toBeLessThanOrEqual(5)
  })
})

describe("compactions", () => {
  const bars = prepareUsage([point(0, 5), point(2, 5)], LATER)
  const at = (bucket: number) => ({ at: new Date(START + bucket * BUCKET_MS).toISOString() })

  it("stand on the bar in whose time they lie", () => {
    expect(marksOf(bars, [at(2.9), at(0.5), at(0.7)])).toEqual([{ from: START, count: 2 }, { from: START + 2 * BUCKET_MS, count: 1 }])
  })

  it("stand nowhere outside the bars", () => {
    expect(marksOf(bars, [at(-1), at(3)])).toEqual([])
  })
})

it("gives the context as a share of the window, or in tokens where the window is not known", () => {
  const [bar, other] = prepareUsage([{ ...point(0, 5), context_used: 50_000 }, { ...point(1, 1), context_used: null }], LATER)
  expect(contextOf(bar!, 200_000)).toBe(25)
  expect(contextOf(bar!, null)).toBe(50_000)
  expect(contextOf(other!, 200_000)).toBeNull()
})

it("sums only the kinds that are shown", () => {
  const [bar] = prepareUsage([point(0, 5)], LATER)
  expect(sumOf(bar!, ["input"])).toBe(5)
  expect(sumOf(bar!, ["input", "output"])).toBe(6)
})

it("exports unknown as an empty cell", () => {
  const lines = usageCsv(prepareUsage([{ ...point(0, 5), cost_usd: null }], LATER)).split("\r\n")
  expect(lines[1]).toBe("2026-11-22T08:00:00.000Z,2026-11-22T08:15:00.000Z,5,1,0,0,0,")
})
