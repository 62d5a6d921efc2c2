import { describe, expect, it } from "vitest"

import { OTHER, Palette, PRIVATE } from "./colours"
import { busiest, cellName, heatRows, heatTable } from "./heat"
import { cloudOf, partTable, peopleBars, ringParts } from "./parts"

const palette = new Palette("tool", [])
const row = (key: string, sessions: number, total = sessions * 100, cost_usd: number | null = sessions) => ({ key, label: key, private: key === "private", sessions, tokens: { total }, cost_usd })
const answer = (...items: ReturnType<typeof row>[]) => ({ items, total: row("", 0) })

describe("a ring", () => {
  it("has the five largest, all others as one, and others' private sessions last", () => {
    const parts = ringParts(answer(row("a", 1), row("b", 6), row("c", 5), row("private", 9), row("d", 4), row("e", 3), row("f", 2), row("g", 0)), "sessions", palette)
    expect(parts.map(({ key, value }) => [key, value])).toEqual([["b", 6], ["c", 5], ["d", 4], ["e", 3], ["f", 2], [OTHER, 1], [PRIVATE, 9]])
    expect(parts.filter((part) => part.isEntity).map((part) => part.key)).toEqual(["b", "c", "d", "e", "f"])
    expect(parts[0]?.share).toBe(20)
  })

  it("has no part for nothing", () => {
    expect(ringParts(answer(row("a", 0)), "sessions", palette)).toEqual([])
  })
})

describe("bars of people", () => {
  const people = answer(row("chiara", 9), row("private", 20), row("anna", 3), row("ben", 12))

  it("stand by name, and by amount only when asked for", () => {
    expect(peopleBars(people, "sessions", palette, false).map((bar) => bar.key)).toEqual(["anna", "ben", "chiara", PRIVATE])
    expect(peopleBars(people, "sessions", palette, true).map((bar) => bar.key)).toEqual(["ben", "chiara", "anna", PRIVATE])
  })

  it("begin at zero and are as long as they are large", () => {
    expect(peopleBars(people, "tokens", palette, false).map((bar) => bar.length)).toEqual([0.15, 0.6, 0.45, 1])
    expect(peopleBars(answer(row("anna", 1, 1, null)), "cost", palette, false)[0]).toMatchObject({ value: null, length: 0 })
  })

  it("are a table too", () => {
    const table = partTable("Person", peopleBars(people, "sessions", palette, false), "count", "Sessions")
    expect(table.rows[0]).toEqual(["anna", 3, 0.07])
  })
})

describe("tags", () => {
  it("stand by name, the heavier the more frequent", () => {
    const words = cloudOf([{ key: "ui", sessions: 2 }, { key: "api", sessions: 30 }, { key: "db", sessions: 9 }])
    expect(words.map(({ tag, weight }) => [tag, weight])).toEqual([["api", 5], ["db", 3], ["ui", 1]])
    expect(cloudOf([{ key: "only", sessions: 1 }])[0]?.weight).toBe(3)
    expect(cloudOf([])).toEqual([])
  })
})

describe("peak hours", () => {
  const week = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0))
  week[1]![9] = 50
  week[4]![16] = 1
  week[6]![3] = 80

  it("are as strong as their share of the strongest", () => {
    const rows = heatRows(week, false)
    expect([rows[1]![9]!.level, rows[4]![16]!.level, rows[6]![3]!.level, rows[0]![0]!.level]).toEqual([4, 1, 5, 0])
    expect(cellName(busiest(rows)!)).toBe("Sun 03:00 – 04:00")
  })

  it("have no Saturday and Sunday where these are left out", () => {
    const rows = heatRows(week, true)
    expect(rows.length).toBe(5)
    expect(cellName(busiest(rows)!)).toBe("Tue 09:00 – 10:00")
    expect(heatTable(rows, "tokens").head).toEqual(["Hour", "Mon", "Tue", "Wed", "Thu", "Fri"])
    expect(heatTable(rows, "tokens").rows[9]).toEqual(["09:00 – 10:00", 0, 50, 0, 0, 0])
  })

  it("have no busiest hour when nothing was done", () => {
    expect(busiest(heatRows([[], [], [], [], [], [], []], false))).toBeNull()
  })
})
