import { expect, it } from "vitest"

import { keptIn } from "@/lib/kept"

import { BoardMemory } from "./board-memory"

function storage() {
  return keptIn(() => {
    throw new Error("blocked")
  })
}

it("keeps pins and views from one visit to the next", () => {
  const held = storage()
  const memory = new BoardMemory("board", held)
  let told = 0
  memory.watch(() => (told += 1))
  memory.togglePin("a")
  memory.togglePin("b")
  memory.togglePin("a")
  memory.save(" Mine ", { user: ["u"], group: "status" })
  memory.save("All", {})
  expect(told).toBe(5)
  const next = new BoardMemory("board", held).read()
  expect([...next.pins]).toEqual(["b"])
  expect(next.views).toEqual([{ name: "All", search: {} }, { name: "Mine", search: { user: ["u"], group: "status" } }])
})

it("replaces a view of the same name, forgets one, and saves none without a name", () => {
  const memory = new BoardMemory("board", storage())
  memory.save("Mine", { q: "a" })
  memory.save("Mine", { q: "b" })
  memory.save("  ", { q: "c" })
  expect(memory.read().views).toEqual([{ name: "Mine", search: { q: "b" } }])
  memory.forget("Mine")
  expect(memory.read().views).toEqual([])
})

it.each(["", "[]", "7", "{", '{"pins": 3, "views": [null, 1, {"name": 2}, {"name": "x"}]}'])("takes %j for nothing", (text) => {
  const held = storage()
  held.setItem("board", text)
  expect(new BoardMemory("board", held).read()).toEqual({ pins: new Set(), views: [] })
})

it("leaves out of a view what is no filter", () => {
  const held = storage()
  held.setItem("board", JSON.stringify({ views: [{ name: "Odd", search: { status: ["asleep", "idle"], evil: 1 } }] }))
  expect(new BoardMemory("board", held).read().views).toEqual([{ name: "Odd", search: { status: ["idle"] } }])
})
