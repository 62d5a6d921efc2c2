import { expect, it } from "vitest"

import { Dismissed, markOf, undismissed } from "./dismissed"
import { noticeOf } from "./wording"

const ben = { id: "b", userId: "ben", name: "Ben" }
const anna = { id: "a", userId: "anna", name: "anna" }
const chiara = { id: "c", userId: "chiara", name: "Chiara" }
const app = "src/app.py"

it.each([
  [[{ path: app, others: [ben] }], "Ben changes src/app.py too", "Ben changes app.py too"],
  [[{ path: app, others: [ben] }, { path: "a.md", others: [ben] }], "Ben changes src/app.py and 1 more file too", "Ben changes app.py +1 too"],
  [[{ path: app, others: [ben, chiara] }], "Ben and Chiara change src/app.py too", "Ben and Chiara change app.py too"],
  [[{ path: app, others: [anna] }], "You change src/app.py too", "You change app.py too"],
  [[{ path: app, others: [ben, anna] }], "You and Ben change src/app.py too", "You and Ben change app.py too"],
  [[{ path: app, others: [ben, { ...ben, id: "b2" }] }], "Ben changes src/app.py too", "Ben changes app.py too"],
])("says who changes what", (clashes, full, short) => {
  expect(noticeOf(clashes, "anna")).toMatchObject({ full, short })
})

it("leads to each of the others' sessions", () => {
  const notice = noticeOf([{ path: app, others: [ben, anna] }, { path: "a.md", others: [ben] }], "anna")
  expect(notice?.sessions).toEqual([{ id: "b", name: "Ben’s" }, { id: "a", name: "Your" }])
  expect(notice?.detail).toBe("src/app.py · You and Ben\na.md · Ben")
  expect(noticeOf([], "anna")).toBeNull()
})

it("is dismissed for both sessions, for this file, and stays so", () => {
  const storage = new Map<string, string>()
  const kept = { getItem: (key: string) => storage.get(key) ?? null, setItem: (key: string, value: string) => void storage.set(key, value), removeItem: (key: string) => void storage.delete(key) }
  const dismissed = new Dismissed("of anna", kept)
  dismissed.add([markOf("a", "b", app)])
  const again = new Dismissed("of anna", kept).read()
  expect(undismissed("a", [{ path: app, others: [ben] }], again)).toEqual([])
  expect(undismissed("b", [{ path: app, others: [anna] }], again)).toEqual([])
  expect(undismissed("a", [{ path: app, others: [ben, chiara] }], again)).toEqual([{ path: app, others: [chiara] }])
  expect(undismissed("a", [{ path: "a.md", others: [ben] }], again)).toHaveLength(1)
  expect(new Dismissed("of ben", kept).read().size).toBe(0)
  for (const broken of ["{", "3", '{"a": 1}']) {
    storage.set("of carl", broken)
    expect(new Dismissed("of carl", kept).read().size).toBe(0)
  }
})
