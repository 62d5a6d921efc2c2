import { expect, it } from "vitest"

import { listed } from "./names"

it.each([
  [["Ben"], "Ben"],
  [["Ben", "Chiara"], "Ben and Chiara"],
  [["Ben", "Chiara", "Dmitri"], "Ben, Chiara and Dmitri"],
  [["Ben", "Chiara", "Dmitri", "Eva"], "Ben, Chiara and 2 others"],
])("names %j as %s", (names, text) => {
  expect(listed(names)).toBe(text)
})
