import { describe, expect, it } from "vitest"

import { anInsight } from "@/testing/insight-facts"

import { backOf, beginning, changeOf, draftOf, tagOf } from "./words"

describe("the beginning of a text", () => {
  it("is all of it where that is short", () => expect(beginning("Short.\n\nAnd two.")).toEqual({ text: "Short.\n\nAnd two.", whole: true }))

  it("ends between blocks", () => {
    const block = "word ".repeat(90).trim()
    const found = beginning([block, block, block].join("\n\n"))
    expect(found).toEqual({ text: block, whole: false })
  })

  it("does not tear code apart", () => {
    const code = "```py\none()\n\ntwo()\n```"
    const found = beginning(`${code}\n\n${"word ".repeat(200)}`)
    expect(found).toEqual({ text: code, whole: false })
  })

  it("closes code that is itself too long", () => {
    const found = beginning(`\`\`\`\n${"line\n".repeat(100)}\`\`\``)
    expect(found.whole).toBe(false)
    expect(found.text.split("\n").length).toBeLessThan(20)
    expect(found.text.endsWith("…\n```")).toBe(true)
  })
})

describe("a change", () => {
  const insight = anInsight({ title: "Run the tests first", tags: ["tests"] })

  it("names only what differs, and what takes it back", () => {
    const change = changeOf(insight, { ...draftOf(insight), title: " Run one test first ", tags: ["tests", "speed"] })
    expect(change).toEqual({ title: "Run one test first", tags: ["tests", "speed"] })
    expect(backOf(insight, change)).toEqual({ title: "Run the tests first", tags: ["tests"] })
  })

  it("is none where nothing differs", () => expect(changeOf(insight, draftOf(insight))).toEqual({}))
})

it("takes a tag as it is meant", () => expect(tagOf("  slow   tests, ")).toBe("slow tests"))
