import { expect, it } from "vitest"

import { deedOf, detailOf, filterOf, GROUPS, NO_CHOICE } from "./audit-words"

const ANNA = "0b5c6d7e-0000-4000-8000-000000000001"
const BEN = "0b5c6d7e-0000-4000-8000-000000000002"

it("asks for nothing when nothing is chosen", () => {
  expect(filterOf(NO_CHOICE)).toEqual({})
})

it("takes both days as whole ones, also where the clocks change", () => {
  const { from, to } = filterOf({ ...NO_CHOICE, from: "2026-10-25", to: "2026-10-25" })
  expect(new Date(from!).getDate()).toBe(25)
  expect(new Date(to!).getDate()).toBe(26)
  expect(new Date(to!).getHours()).toBe(0)
})

it("has every deed in one group", () => {
  const all = GROUPS.flatMap((group) => group.actions)
  expect(new Set(all).size).toBe(all.length)
  expect(all).toContain("team.made")
  expect(filterOf({ ...NO_CHOICE, group: "members", actor: "user-ben" })).toEqual({
    action: ["member.added", "member.joined", "member.left", "member.removed", "member.role_changed"],
    actor: ["user-ben"],
  })
})

it("says what belongs to a deed, and shows a new one under its own name", () => {
  const said = (details: Record<string, unknown>) => detailOf({ details, actor_id: ANNA }, new Map([[BEN, "ben"]]))
  expect(said({ from: "viewer", to: "member", invite: "0b5c" })).toBe("from viewer · to member")
  expect(said({ fields: ["name"], max_uses: 5 })).toBe("fields name · max uses 5")
  expect(said({ owner: BEN, visibility: "team" })).toBe("owner ben · visibility team")
  expect(said({ owner: ANNA, agent: "0b5c6d7e-0000-4000-8000-000000000003", by_mail: false })).toBe("")
  expect(said({ by_mail: true })).toBe("by mail")
  expect(deedOf("kite.flown")).toBe("kite.flown")
})
