import { describe, expect, it } from "vitest"

import { inert, safeUrl, type Node } from "./inert"

const text = (value: string): Node => ({ type: "text", value })
const element = (tagName: string, properties: Record<string, unknown>, ...children: Node[]): Node => ({ type: "element", tagName, properties, children })
function made(people: readonly string[], ...children: Node[]): Node[] {
  const tree: Node = { type: "root", children }
  inert(people)()(tree)
  return tree.children ?? []
}

describe("a link", () => {
  it.each(["https://example.com/a?b=c", "http://example.com/", "mailto:anna@example.com"])("leads to %s", (url) => expect(safeUrl(url)).toBe(url))

  it.each([
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "\u0001javascript:alert(1)", " javascript:alert(1)", "data:text/html,<script>1</script>",
    "vbscript:msgbox(1)", "file:///etc/passwd", "//example.com", "/settings", "#top", "blob:https://example.com/1", "",
  ])("does not lead to %j", (url) => expect(safeUrl(url)).toBe(""))
})

const SAID = "@ben and @a.b-c, (@ben the b.), not @zoe, @benjamin, x@ben or @@ben"

describe("the tree", () => {
  it("keeps no attribute that could do or style anything", () => {
    const [link] = made([], element("a", { href: "https://example.com", onClick: "x", style: "x", id: "x", className: ["x"] }, text("here")))
    expect(link?.properties).toEqual({ href: "https://example.com" })
  })

  it("has links in place of pictures", () => {
    const [picture] = made([], element("img", { src: "https://example.com/a.png", alt: "A chart", onError: "x" }))
    expect(picture).toMatchObject({ tagName: "a", properties: { href: "https://example.com/a.png" }, children: [text("A chart")] })
  })

  it("marks members who are called, and nobody else", () => {
    const pieces = made(["ben", "a.b-c", "ben the b."], text(SAID))
    expect(pieces.filter((one) => one.tagName === "span").map((one) => one.properties?.dataMention)).toEqual(["ben", "a.b-c", "ben the b."])
    expect(pieces.flatMap((one) => one.value ?? one.children?.map((each) => each.value)).join("")).toBe(SAID)
  })

  it("calls nobody in code or in a link", () => {
    const [code] = made(["ben"], element("code", {}, text("@ben")))
    expect(code?.children).toEqual([text("@ben")])
  })
})
