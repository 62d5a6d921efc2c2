import { describe, expect, it } from "vitest"

import { NEUTRAL, OTHER, OTHER_COLOUR, Palette, PRIVATE } from "./colours"

const people = ["anna", "ben", "chiara", "dmitri", "elif", "farah"]

describe("a colour", () => {
  it("stays an entity's own when others are filtered away", () => {
    const palette = new Palette("user", people)
    const all = palette.of(people)
    for (const one of people) expect(palette.of([one]).get(one)).toBe(all.get(one))
    expect(new Set(all.values()).size).toBe(people.length)
  })

  it("does not hang on the order in which entities are met", () => {
    const [there, back] = [new Palette("user", people), new Palette("user", [...people].reverse())]
    for (const one of people) expect(back.of([one]).get(one)).toBe(there.of([one]).get(one))
  })

  it("is told apart from those beside it, although there are more entities than colours", () => {
    const many = Array.from({ length: 30 }, (_, index) => `project-${index}`)
    const palette = new Palette("project", many)
    expect(new Set(palette.of(many.slice(9, 16)).values()).size).toBe(7)
  })

  it("follows the design's order for kinds of tokens and for tools", () => {
    const kinds = ["input", "output", "cache_read", "cache_write"]
    expect([...new Palette("kind", kinds).of(kinds).values()]).toEqual([1, 2, 3, 4].map((place) => `var(--series-${place})`))
    expect(new Palette("tool", ["codex", "claude-code"]).of(["claude-code", "codex"]).get("claude-code")).toBe("var(--series-1)")
  })

  it("is grey for what is no entity", () => {
    const colours = new Palette("user", people).of(["anna", PRIVATE, OTHER])
    expect([colours.get(PRIVATE), colours.get(OTHER)]).toEqual([NEUTRAL, OTHER_COLOUR])
  })
})
