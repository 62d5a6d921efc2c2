import { expect, it } from "vitest"

import { parseSearch, stringifySearch } from "./search"

it("writes a search that people can read, and reads it back", () => {
  const search = { q: "slow query", tool: ["codex", "amp"], status: "idle" }
  expect(stringifySearch(search)).toBe("?q=slow+query&tool=codex&tool=amp&status=idle")
  expect(parseSearch(stringifySearch(search))).toEqual(search)
})

it("leaves out what is not there", () => {
  expect(stringifySearch({ q: undefined, tag: [] })).toBe("")
})
