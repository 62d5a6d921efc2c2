import type { InsightComment } from "@/api/types"

/** How deep answers are drawn within one another; beyond it they follow one another. */
export const DEEPEST = 3

export interface Placed {
  comment: InsightComment
  depth: number
  /** Somebody has answered it, so that its place stays where it goes. */
  answered: boolean
}

/** Comments as they are read: each followed by its answers, the oldest first. One whose question is not here stands by itself. */
export function threadOf(comments: readonly InsightComment[]): Placed[] {
  const ids = new Set(comments.map((one) => one.id))
  const answers = new Map<string | null, InsightComment[]>()
  for (const one of comments) {
    const parent = one.parent_id !== null && ids.has(one.parent_id) ? one.parent_id : null
    answers.set(parent, [...(answers.get(parent) ?? []), one])
  }
  const placed: Placed[] = []
  const place = (parent: string | null, depth: number) => {
    for (const comment of answers.get(parent) ?? []) {
      placed.push({ comment, depth: Math.min(depth, DEEPEST), answered: answers.has(comment.id) })
      place(comment.id, depth + 1)
    }
  }
  place(null, 0)
  return placed
}

/** The name that is being written behind an `@` before the cursor, or null. */
export function callBefore(text: string, cursor: number): { name: string; from: number } | null {
  const found = /(?:^|[\s(])@([^@\n]{0,64})$/.exec(text.slice(0, cursor))
  const name = found?.[1]
  return name === undefined ? null : { name, from: cursor - name.length - 1 }
}

/** Who could be meant, by the beginning of their name; none where nobody is. */
export function meant<T extends { username: string }>(people: readonly T[], name: string): T[] {
  const wanted = name.toLowerCase()
  return people.filter((one) => one.username.toLowerCase().startsWith(wanted))
}
