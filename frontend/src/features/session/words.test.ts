import { expect, it } from "vitest"

import { backOf, changeOf, tagFault, tagsOf } from "./words"

const before = { title: "Retry payments", tags: ["urgent", "backend"], note: null }

it("names nothing that stayed, whatever the order of the tags", () => {
  expect(changeOf(before, { title: " Retry payments ", tags: "backend, urgent", note: "  " })).toEqual({})
})

it("takes an emptied title and note for none, and knows the way back", () => {
  const change = changeOf({ ...before, note: "Ask Ben" }, { title: "", tags: "", note: "" })
  expect(change).toEqual({ title: null, tags: [], note: null })
  expect(backOf({ ...before, note: "Ask Ben" }, change)).toEqual({ title: "Retry payments", tags: ["urgent", "backend"], note: "Ask Ben" })
  expect(backOf(before, { note: "x" })).toEqual({ note: null })
})

it("reads tags once each", () => {
  expect(tagsOf("b, a,, b ,a b")).toEqual(["a", "a b", "b"])
  expect(tagFault(tagsOf("a"))).toBeUndefined()
  expect(tagFault(["x".repeat(51)])).toBe("A tag has 50 characters at most")
  expect(tagFault(Array.from({ length: 21 }, (_, index) => `t${index}`))).toBe("20 tags at most")
})
