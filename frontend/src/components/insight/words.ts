import type { Insight, InsightType, InsightWords } from "@/api/types"

export const MOST_TAGS = 20
export const LONGEST_TITLE = 200
export const LONGEST_TEXT = 20_000

/** A tag as it was typed, without what stands around it. */
export function tagOf(text: string): string {
  return text.replaceAll(",", " ").trim().replace(/\s+/g, " ").slice(0, 50)
}

/** What the form holds. */
export interface Draft {
  type: InsightType
  title: string
  content: string
  tags: string[]
  session: { id: string; title: string } | null
  /** The step of the session's timeline that it is about. */
  moment: string | null
}

export const EMPTY: Draft = { type: "learning", title: "", content: "", tags: [], session: null, moment: null }

export function isBegun(draft: Draft): boolean {
  return draft.title.trim() !== "" || draft.content.trim() !== "" || draft.tags.length > 0
}

export function draftOf(insight: Insight): Draft {
  const { type, title, content, tags, session_id: id, moment } = insight
  return { type, title, content, tags, session: id === null ? null : { id, title: insight.session_title ?? "A session" }, moment }
}

/** Only what differs. */
export function changeOf(insight: Insight, draft: Draft): InsightWords {
  const wanted = { type: draft.type, title: draft.title.trim(), content: draft.content.trim(), tags: draft.tags, session_id: draft.session?.id ?? null, moment: draft.moment }
  const differs = ([name, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(insight[name as keyof typeof wanted])
  return Object.fromEntries(Object.entries(wanted).filter(differs))
}

/** What takes a change back. */
export function backOf(insight: Insight, change: InsightWords): InsightWords {
  return Object.fromEntries(Object.keys(change).map((name) => [name, insight[name as keyof InsightWords]]))
}

const SHORT = 700
const LINES = 14

/** The beginning of a text, in whole blocks: a paragraph, a list or a piece of code is not torn apart. */
export function beginning(content: string): { text: string; whole: boolean } {
  if (content.length <= SHORT && content.split("\n").length <= LINES) return { text: content, whole: true }
  const kept: string[] = []
  for (const block of blocksOf(content)) {
    const longer = [...kept, block].join("\n\n")
    if (kept.length > 0 && (longer.length > SHORT || longer.split("\n").length > LINES)) break
    kept.push(block)
  }
  const text = kept.join("\n\n")
  const most = shortened(text)
  return { text: most, whole: most === content }
}

function blocksOf(content: string): string[] {
  const blocks: string[] = []
  let fence = false
  for (const part of content.split(/\n{2,}/)) {
    if (fence) blocks.push(`${blocks.pop() ?? ""}\n\n${part}`)
    else blocks.push(part)
    if (((part.match(/^\s*(```|~~~)/gm) ?? []).length & 1) === 1) fence = !fence
  }
  return blocks
}

/** One block that is itself too long ends in the middle of it. */
function shortened(text: string): string {
  if (text.length <= SHORT * 2 && text.split("\n").length <= LINES * 2) return text
  const cut = text.split("\n").slice(0, LINES).join("\n").slice(0, SHORT)
  const isOpen = ((cut.match(/^\s*```/gm) ?? []).length & 1) === 1
  return `${cut.trimEnd()}…${isOpen ? "\n```" : ""}`
}
