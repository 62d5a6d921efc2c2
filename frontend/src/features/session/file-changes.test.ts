import { expect, it } from "vitest"

import type { ChangedFile } from "@/api/types"

import { blocksOf, sumOfChanges } from "./file-changes"

const file = (added: number | null, removed: number | null): ChangedFile => ({ path: "a", change: "updated", edits: 1, added, removed, last_at: "2026-11-22T08:00:00Z" })

it("sums what is counted, and says what is not", () => {
  expect(sumOfChanges([file(3, 1), file(10, 0), file(null, null)])).toEqual({ files: 3, added: 13, removed: 1, uncounted: 1 })
})

it.each([
  [100, 0, 5, 0], [0, 9, 0, 5], [1, 999, 1, 4], [999, 1, 4, 1], [3, 2, 3, 2], [0, 0, 0, 0], [null, null, 0, 0],
])("draws +%s −%s as %s and %s blocks", (added, removed, one, other) => {
  expect(blocksOf(file(added, removed))).toEqual({ added: one, removed: other })
})
