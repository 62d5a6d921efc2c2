import { describe, expect, it } from "vitest"

import { parseSearch, stringifySearch } from "@/app/search"

import { analyticsSearch, isNarrowed, toggled, unnarrowed } from "./search"

const read = (text: string) => analyticsSearch(parseSearch(text))

describe("the page's address", () => {
  it("comes back as it was written", () => {
    const text = "?from=2026-11-01&to=2026-11-08&tz=Asia%2FTokyo&compare=off&weekends=off&user=u1&user=u2&tool=codex&bucket=hour&by=model&shape=line&sort=-cost"
    expect(stringifySearch({ ...read(text) })).toBe(text)
  })

  it("leaves out what it does not know", () => {
    expect(read("?range=8d&tz=Mars%2FOlympus&by=colour&sort=name&weekends=on&bucket=month&tag=&tool=hammer")).toEqual({})
    expect(read("?from=2026-11-08&to=2026-11-01")).toEqual({})
    expect(read("?from=2026-02-30&to=2026-11-01")).toEqual({})
    expect(read("?from=2026-11-01")).toEqual({})
  })

  it("takes instants as well as days, and a preset before both", () => {
    const hour = { from: "2026-11-22T13:00:00Z", to: "2026-11-22T14:00:00.000Z" }
    expect(analyticsSearch(hour)).toEqual(hour)
    expect(analyticsSearch({ ...hour, range: "7d" })).toEqual({ range: "7d" })
  })

  it("narrows, widens, and forgets what it was narrowed to", () => {
    const one = toggled({ range: "7d" }, "tool", "codex")
    expect(one).toEqual({ range: "7d", tool: ["codex"] })
    expect(isNarrowed(one)).toBe(true)
    expect(toggled(one, "tool", "codex")).toEqual({ range: "7d" })
    expect(unnarrowed(toggled(one, "tag", "x"))).toEqual({ range: "7d" })
  })
})
