import type { Words } from "@/api/sessions"

const MOST_TAGS = 20
const LONGEST_TAG = 50

/** "backend, urgent" as tags: each once, in order. */
export function tagsOf(text: string): string[] {
  return [...new Set(text.split(",").map((tag) => tag.trim()).filter(Boolean))].sort()
}

/** Why these tags will not do, if so. */
export function tagFault(tags: readonly string[]): string | undefined {
  if (tags.length > MOST_TAGS) return `${MOST_TAGS} tags at most`
  return tags.some((tag) => tag.length > LONGEST_TAG) ? `A tag has ${LONGEST_TAG} characters at most` : undefined
}

/** Only what differs; an emptied title or note is none. */
export function changeOf(before: Words, typed: { title: string; tags: string; note: string }): Partial<Words> {
  const after: Words = { title: typed.title.trim() || null, tags: tagsOf(typed.tags), note: typed.note.trim() || null }
  const same = { title: after.title === before.title, tags: after.tags.join("\n") === [...before.tags].sort().join("\n"), note: after.note === before.note }
  return {
    ...(same.title ? {} : { title: after.title }),
    ...(same.tags ? {} : { tags: after.tags }),
    ...(same.note ? {} : { note: after.note }),
  }
}

/** What these names said before: the way back. */
export function backOf(before: Words, change: Partial<Words>): Partial<Words> {
  return {
    ...("title" in change ? { title: before.title } : {}),
    ...("tags" in change ? { tags: before.tags } : {}),
    ...("note" in change ? { note: before.note } : {}),
  }
}
