import { expect, it } from "vitest"

import { keptIn } from "./kept"

it("remembers for the visit where storage is blocked", () => {
  const kept = keptIn(() => {
    throw new DOMException("blocked", "SecurityError")
  })
  kept.setItem("theme", "dark")
  expect(kept.getItem("theme")).toBe("dark")
  kept.removeItem("theme")
  expect(kept.getItem("theme")).toBeNull()
})
