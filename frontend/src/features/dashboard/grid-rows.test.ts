import { expect, it } from "vitest"

import { rowOf, rowsOf } from "./grid-rows"

const groups = [
  { key: "pinned", label: "Pinned", ids: ["a"] },
  { key: "rest", label: null, ids: ["b", "c", "d"] },
]

it("puts cards in lines under their headings", () => {
  const rows = rowsOf(groups, 2)
  expect(rows.map((row) => (row.kind === "heading" ? `${row.label} ${row.count}` : row.ids.join(" ")))).toEqual(["Pinned 1", "a", "b c", "d"])
  expect(new Set(rows.map((row) => row.key)).size).toBe(4)
})

it("knows in which line a card stands", () => {
  const rows = rowsOf(groups, 2)
  expect([rowOf(rows, "a"), rowOf(rows, "c"), rowOf(rows, "gone"), rowOf(rows, null)]).toEqual([1, 2, -1, -1])
})
