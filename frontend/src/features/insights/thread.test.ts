import { describe, expect, it } from "vitest"

import { aComment } from "@/testing/insight-facts"

import { callBefore, meant, threadOf } from "./thread"

const shape = (...pairs: [string, string | null][]) => {
  const placed = threadOf(pairs.map(([id, parent_id]) => aComment({ id, parent_id })))
  return placed.map(({ comment, depth, answered }) => `${comment.id}${depth}${answered ? "+" : ""}`)
}

describe("a thread", () => {
  it("puts answers below what they answer", () => {
    expect(shape(["a", null], ["b", null], ["c", "a"], ["d", "c"], ["e", "a"])).toEqual(["a0+", "c1+", "d2", "e1", "b0"])
  })

  it("goes no deeper than can be read", () => {
    expect(shape(["a", null], ["b", "a"], ["c", "b"], ["d", "c"], ["e", "d"])).toEqual(["a0+", "b1+", "c2+", "d3+", "e3"])
  })

  it("loses none whose question is on another page", () => expect(shape(["b", "gone"], ["a", null])).toEqual(["b0", "a0"]))
})

describe("a call", () => {
  it.each([
    ["@", "", 0],
    ["hello @be", "be", 6],
    ["(@ben the", "ben the", 1],
  ])("is found in %j", (text, name, from) => expect(callBefore(text, text.length)).toEqual({ name, from }))

  it.each(["mail@be", "@ben\nand", "@@be", "hello"])("is not in %j", (text) => expect(callBefore(text, text.length)).toBeNull())

  it("is of whose name begins so", () => {
    const people = [{ username: "Ben" }, { username: "benjamin" }, { username: "anna" }]
    expect(meant(people, "be").map((one) => one.username)).toEqual(["Ben", "benjamin"])
    expect(meant(people, "ben has said")).toEqual([])
  })
})
