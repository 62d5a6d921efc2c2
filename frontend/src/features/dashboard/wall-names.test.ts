import { expect, it } from "vitest"

import { wallName } from "./wall-names"

it.each([
  ["anna", "full", "anna"],
  ["anna", "initials", "A"],
  ["anna.berg", "initials", "AB"],
  ["mary jane-watson", "initials", "MJW"],
  ["_", "initials", "?"],
  ["anna", "none", "somebody"],
] as const)("names %s by %s as %s", (username, names, shown) => {
  expect(wallName(username, names)).toBe(shown)
})
