import { describe, expect, it } from "vitest"

import { addDays, daysBetween, isDay, isWeekend, isZone, monthOf, offsetName, wallIn, weekdayOf } from "./zones"

const at = (iso: string) => Date.parse(iso)

describe("the clock of a zone", () => {
  it("shows the day and hour there", () => {
    expect(wallIn("Asia/Kathmandu", at("2026-11-22T18:30:00Z"))).toEqual({ day: "2026-11-23", hour: 0, minute: 15 })
    expect(wallIn("America/Los_Angeles", at("2026-11-22T07:30:00Z"))).toEqual({ day: "2026-11-21", hour: 23, minute: 30 })
  })

  it("shows one hour twice when clocks go back, and says which by the offset", () => {
    const [first, second] = [at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")]
    expect(wallIn("Europe/Berlin", first)).toEqual(wallIn("Europe/Berlin", second))
    expect([offsetName("Europe/Berlin", first), offsetName("Europe/Berlin", second)]).toEqual(["UTC+2", "UTC+1"])
    expect(offsetName("America/St_Johns", at("2026-12-01T00:00:00Z"))).toBe("UTC−3:30")
    expect(offsetName("UTC", first)).toBe("UTC+0")
  })

  it("leaves an hour out when clocks go forward", () => {
    expect(wallIn("Europe/Berlin", at("2026-03-29T00:59:00Z")).hour).toBe(1)
    expect(wallIn("Europe/Berlin", at("2026-03-29T01:00:00Z")).hour).toBe(3)
  })
})

describe("the calendar", () => {
  it("counts days over months, leap years and changes of the clock", () => {
    expect(addDays("2026-10-24", 2)).toBe("2026-10-26")
    expect(addDays("2028-03-01", -1)).toBe("2028-02-29")
    expect(daysBetween("2026-03-01", "2026-04-01")).toBe(31)
  })

  it("finds months and weekdays, Monday first", () => {
    expect(monthOf("2026-11-22")).toBe("2026-11-01")
    expect(monthOf("2026-01-31", -1)).toBe("2025-12-01")
    expect(weekdayOf("2026-11-23")).toBe(0)
    expect([isWeekend("2026-11-22"), isWeekend("2026-11-23")]).toEqual([true, false])
  })

  it("knows what is no day and no zone", () => {
    expect([isDay("2026-02-29"), isDay("2026-2-1"), isDay("2026-02-28"), isDay("x")]).toEqual([false, false, true, false])
    expect([isZone("Europe/Berlin"), isZone("Mars/Olympus")]).toEqual([true, false])
  })
})
