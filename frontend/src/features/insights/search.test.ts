import { expect, it } from "vitest"

import { insightSearch, isNarrowed, queryOf, toggled, unnarrowed } from "./search"

it("reads an address, and leaves out what it does not know", () => {
  const raw = { sort: "top", q: "cache", type: ["pattern", "zebra"], tag: "tests", user: ["u1", "u1"], session: "s1", state: "retired", origin: "machine", page: "3" }
  expect(insightSearch(raw)).toEqual({ sort: "top", q: "cache", type: ["pattern"], tag: ["tests"], user: ["u1"], session: "s1", state: ["retired"] })
  expect(insightSearch({ sort: "hot", q: "", type: {} })).toEqual({})
})

it("asks the server by its own names", () => {
  expect(queryOf({ sort: "new", user: ["u1"], session: "s1", q: "x" })).toEqual({ sort: "new", user_id: ["u1"], session_id: "s1", q: "x" })
})

it("toggles one value of several, and clears all but the order", () => {
  const search = toggled(toggled({ sort: "top" }, "tag", "tests"), "tag", "cache")
  expect(search).toEqual({ sort: "top", tag: ["tests", "cache"] })
  expect(toggled(search, "tag", "tests")).toEqual({ sort: "top", tag: ["cache"] })
  expect(isNarrowed(search)).toBe(true)
  expect(unnarrowed(search)).toEqual({ sort: "top" })
  expect(isNarrowed(unnarrowed(search))).toBe(false)
})
