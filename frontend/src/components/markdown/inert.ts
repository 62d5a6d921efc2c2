/** What of a text's tree is drawn. All else is unwrapped to what it holds, or left out. */
export const ELEMENTS = [
  "p", "br", "strong", "em", "del", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "h1", "h2", "h3", "h4", "h5", "h6",
  "table", "thead", "tbody", "tr", "th", "td", "input", "span",
]

const SCHEMES = ["http:", "https:", "mailto:"]
const ATTRIBUTES = ["href", "align", "checked", "start"]
/** Where an `@` means nothing. */
const LITERAL = ["code", "pre", "a"]

/** A link's whole address, or nothing where it leads to anything but a page or a mailbox. */
export function safeUrl(url: string): string {
  try {
    const parsed = new URL(url)
    return SCHEMES.includes(parsed.protocol) ? parsed.href : ""
  } catch {
    return ""
  }
}

/** A node of the tree that the text becomes before it is drawn. */
export interface Node {
  type: string
  tagName?: string
  value?: string
  properties?: Record<string, unknown>
  children?: Node[]
}

/** Takes away every attribute that is not on the list, makes pictures links to them, and marks who is called. */
export function inert(people: readonly string[]) {
  return () => (tree: Node) => walk(tree, people)
}

function walk(node: Node, people: readonly string[]): void {
  if (node.tagName === "img") becomeLink(node)
  if (node.properties) {
    const { properties } = node
    node.properties = Object.fromEntries(ATTRIBUTES.filter((name) => name in properties).map((name) => [name, properties[name]]))
  }
  if (!node.children || LITERAL.includes(node.tagName ?? "")) {
    node.children?.forEach((child) => walk(child, []))
    return
  }
  node.children = node.children.flatMap((child) => (child.type === "text" && people.length > 0 ? called(child.value ?? "", people) : [child]))
  for (const child of node.children) if (!(child.properties && "dataMention" in child.properties)) walk(child, people)
}

function becomeLink(node: Node): void {
  const { src, alt } = node.properties ?? {}
  node.tagName = "a"
  node.properties = { href: src }
  node.children = [{ type: "text", value: typeof alt === "string" && alt !== "" ? alt : "Picture" }]
}

/** The text in pieces, with the names of those who are called marked. */
function called(text: string, people: readonly string[]): Node[] {
  const pieces: Node[] = []
  let from = 0
  for (const match of text.matchAll(callsOf(people))) {
    const [, before = "", name = ""] = match
    const at = match.index + before.length
    pieces.push({ type: "text", value: text.slice(from, at) })
    pieces.push({ type: "element", tagName: "span", properties: { dataMention: name }, children: [{ type: "text", value: `@${name}` }] })
    from = at + name.length + 1
  }
  return [...pieces, { type: "text", value: text.slice(from) }]
}

/** A name may have spaces in it, and one may begin as another: the longest is meant. */
function callsOf(people: readonly string[]): RegExp {
  const names = [...people].sort((a, b) => b.length - a.length).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  return new RegExp(`(^|[^\\w@])@(${names.join("|")})(?!\\w)`, "g")
}
