import { describe, expect, it } from "vitest"

import { aSession } from "@/testing/builders"

import { boardSearch, isNarrowed, matches, serverFilter, tidy, unnarrowed } from "./filter"

describe("boardSearch", () => {
  it("takes one value or several of a key", () => {
    expect(boardSearch({ tool: "codex", user: ["a", "b", "a"] })).toEqual({ tool: ["codex"], user: ["a", "b"] })
  })

  it("leaves out what it does not know", () => {
    expect(boardSearch({ status: ["waiting", "asleep"], view: "wall", other: "x", q: "" })).toEqual({ status: ["waiting"] })
  })
})

describe("matches", () => {
  const session = aSession({ title: "Retry payments", tool: "codex", tags: ["backend"], status: "waiting", branch: "fix/timeouts" })

  it("asks for all keys and any value of each", () => {
    expect(matches(session, { tool: ["amp", "codex"], status: ["waiting"] })).toBe(true)
    expect(matches(session, { tool: ["codex"], status: ["idle"] })).toBe(false)
    expect(matches(session, { tag: ["frontend"] })).toBe(false)
    expect(matches(session, { user: [session.user_id] })).toBe(true)
  })

  it("finds every word anywhere, whatever its case", () => {
    expect(matches(session, { q: "PAY codex" })).toBe(true)
    expect(matches(session, { q: "timeouts" })).toBe(true)
    expect(matches(session, { q: "pay zebra" })).toBe(false)
  })
})

it("keeps text away from the server", () => {
  expect(serverFilter({ q: "x", user: ["u"], tool: ["codex"], tag: ["t"], status: ["idle"] })).toEqual({
    users: ["u"],
    tools: ["codex"],
    tags: ["t"],
    status: ["idle"],
  })
  expect(isNarrowed({ q: "x" })).toBe(true)
  expect(isNarrowed({})).toBe(false)
})

it("reads how it is shown, and keeps that when the filter is cleared", () => {
  const search = boardSearch({ group: "person", view: "board", q: "x" })
  expect(search).toEqual({ group: "person", view: "board", q: "x" })
  expect(unnarrowed(search)).toEqual({ group: "person", view: "board" })
  expect(boardSearch({ group: "mood" })).toEqual({})
})

it("names in the address only what is chosen", () => {
  expect(tidy({ q: "", tag: [], user: ["u"], group: undefined })).toEqual({ user: ["u"] })
})
