import { describe, expect, it } from "vitest"

import { compact, counted, exact, exactMoney, money, percent, rounded } from "./numbers"

describe("compact", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1_234, "1.2 k"],
    [92_000, "92 k"],
    [170_400, "170.4 k"],
    [1_234_567, "1.2 M"],
    [253_000_000, "253 M"],
    [null, "—"],
  ])("%s → %s", (value, text) => {
    expect(compact(value)).toBe(text)
  })
})

it("rounds to three digits where room is short", () => {
  expect([66_000, 170_400, 1_048_576, null].map(rounded)).toEqual(["66 k", "170 k", "1.05 M", "—"])
})

describe("exact", () => {
  it("groups digits and never invents a zero", () => {
    expect(exact(1_234_567)).toBe("1,234,567")
    expect(exact(undefined)).toBe("—")
  })
})

describe("money", () => {
  it.each([
    [1.234567, "$1.23"],
    [0.001234, "$0.0012"],
    [0, "$0.00"],
    [12345.6, "$12,345.60"],
    [null, "—"],
  ])("%s → %s", (value, text) => {
    expect(money(value)).toBe(text)
  })

  it("has all six decimals behind it", () => {
    expect(exactMoney(1.234567)).toBe("$1.234567")
  })
})

describe("percent", () => {
  it("is unknown when a part is, or when there is no whole", () => {
    expect(percent(92_000, 200_000)).toBe(46)
    expect(percent(null, 200_000)).toBeNull()
    expect(percent(5, 0)).toBeNull()
  })
})

describe("counted", () => {
  it("agrees in number", () => {
    expect(counted(1, "file")).toBe("1 file")
    expect(counted(2, "file")).toBe("2 files")
  })
})
