import { describe, expect, it } from "vitest"

import { nameBuckets, tickPlaces } from "./buckets"
import { NEUTRAL, OTHER, Palette, PRIVATE } from "./colours"
import { prepareTrend, spokenTrend, ticksOf, trendTable, type TrendAnswer } from "./series"

const days = (count: number) => Array.from({ length: count }, (_, index) => new Date(Date.UTC(2026, 10, 16 + index)).toISOString())

function answer(part: Partial<TrendAnswer> = {}): TrendAnswer {
  const buckets = part.buckets ?? days(3)
  return { bucket: "day", tz: "UTC", to: "2026-11-19T00:00:00Z", as_of: "2026-11-18T09:00:00Z", series: [], ...part, buckets }
}

const line = (key: string, ...values: (number | null)[]) => ({ key, label: key, private: key === "private", values, total: values.reduce<number>((sum, one) => sum + (one ?? 0), 0) })
const palette = new Palette("tool", [])

describe("lines", () => {
  it("leave a gap where nothing is known, and a zero where only this one did nothing", () => {
    const { stretches } = prepareTrend(answer({ series: [line("a", 5, null, null), line("b", null, 2, null)] }), { unit: "tokens", palette })
    expect(stretches.map(({ values }) => values)).toEqual([{ a: 5, b: 0 }, { a: 0, b: 2 }, { a: null, b: null }])
  })

  it("never make a zero of an unknown mean, and do not add means", () => {
    const trend = prepareTrend(answer({ series: [line("a", 80, null, 60), line("b", null, 70, 50)] }), { unit: "score", palette })
    expect(trend.stretches[1]?.values).toEqual({ a: null, b: 70 })
    expect([trend.adds, trend.lines[0]?.share]).toEqual([false, null])
    expect(trendTable(trend, "label").head).toEqual(["From", "a", "b"])
  })

  it("are the seven largest, the rest together, and others' private sessions apart in grey", () => {
    const series = [...Array.from({ length: 10 }, (_, index) => line(`m${index}`, index + 1, 0, 0)), line("private", 4, 0, 0)]
    const { lines } = prepareTrend(answer({ series }), { unit: "tokens", palette })
    expect(lines.map((one) => one.key)).toEqual(["m9", "m8", "m7", "m6", "m5", "m4", "m3", OTHER, PRIVATE])
    expect(lines.find((one) => one.key === OTHER)).toMatchObject({ label: "Other (3)", total: 6 })
    expect(lines.at(-1)).toMatchObject({ colour: NEUTRAL, total: 4 })
    expect(lines.reduce((sum, one) => sum + (one.total ?? 0), 0)).toBe(59)
  })

  it("hatch the stretch that still runs, and none of what is over or to come", () => {
    const open = (as_of: string) => prepareTrend(answer({ as_of, series: [line("a", 1, 1, 1)] }), { unit: "tokens", palette }).stretches.map((one) => one.open)
    expect(open("2026-11-18T23:59:59Z")).toEqual([false, false, true])
    expect(open("2026-11-17T00:00:00Z")).toEqual([false, true, false])
    expect(open("2026-11-19T00:00:00Z")).toEqual([false, false, false])
  })

  it("leave out Saturdays and Sundays of the zone", () => {
    const trend = prepareTrend(answer({ buckets: days(7), series: [line("a", 1, 2, 3, 4, 5, 6, 7)] }), { unit: "tokens", palette, weekdays: true })
    expect(trend.stretches.map(({ values }) => values.a)).toEqual([1, 2, 3, 4, 5])
  })

  it("are empty when there is nothing in them", () => {
    expect(prepareTrend(answer({ series: [line("a", 0, null, 0)] }), { unit: "tokens", palette }).isEmpty).toBe(true)
    expect(prepareTrend(answer({ series: [line("a", 0, 1, 0)] }), { unit: "tokens", palette }).isEmpty).toBe(false)
  })

  it("share an axis that holds the highest, upon each other or beside each other", () => {
    const trend = prepareTrend(answer({ series: [line("a", 3, 1, 0), line("b", 3, 2, 0)] }), { unit: "count", palette })
    expect(ticksOf(trend, trend.lines, true).at(-1)).toBe(6)
    expect(ticksOf(trend, trend.lines, false).at(-1)).toBe(3)
    expect(trend.lines.map((one) => one.share)).toEqual([44, 56])
  })
})

describe("the numbers of a chart", () => {
  const trend = prepareTrend(answer({ series: [line("a", 3, null, 0), line("b", 1, null, 2)] }), { unit: "tokens", palette })

  it("are a table that adds up", () => {
    expect(trendTable(trend, "at")).toEqual({
      head: ["from", "a", "b", "Together"],
      units: [null, "tokens", "tokens", "tokens"],
      rows: [
        ["2026-11-16T00:00:00.000Z", 3, 1, 4],
        ["2026-11-17T00:00:00.000Z", null, null, null],
        ["2026-11-18T00:00:00.000Z", 0, 2, 2],
      ],
    })
  })

  it("are said in a sentence", () => {
    expect(spokenTrend("Tokens", trend)).toBe("Tokens, Mon, Nov 16 to Wed, Nov 18. a 3 tokens, b 3 tokens.")
  })
})

describe("names of stretches", () => {
  const hours = (from: string, count: number) => Array.from({ length: count }, (_, index) => new Date(Date.parse(from) + index * 3_600_000).toISOString())

  it("tell the hour that there is twice apart", () => {
    const names = nameBuckets(hours("2026-10-24T23:00:00Z", 4), "hour", "Europe/Berlin").map((one) => one.label)
    expect(names).toEqual(["Sun, Oct 25, 01:00", "Sun, Oct 25, 02:00 UTC+2", "Sun, Oct 25, 02:00 UTC+1", "Sun, Oct 25, 03:00"])
  })

  it("do not make up the hour that is left out", () => {
    expect(nameBuckets(hours("2026-03-29T00:00:00Z", 3), "hour", "Europe/Berlin").map((one) => one.tick)).toEqual(["01:00", "03:00", "04:00"])
  })

  it("are those of the zone's days and weeks, through a change of the clock", () => {
    const midnights = ["2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"]
    expect(nameBuckets(midnights, "day", "Europe/Berlin").map((one) => one.tick)).toEqual(["Oct 24", "Oct 25", "Oct 26"])
    expect(nameBuckets(["2026-10-25T23:00:00Z"], "week", "Europe/Berlin")[0]?.label).toMatch(/Oct 26\s–\sNov 1/)
  })

  it("are at most five under a chart", () => {
    for (const count of [1, 5, 6, 24, 90, 2_000]) expect(tickPlaces(count).length).toBeLessThanOrEqual(5)
    expect(tickPlaces(3)).toEqual([0, 1, 2])
  })
})
