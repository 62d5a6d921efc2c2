import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { useMemo, useState } from "react"

import { useApi } from "@/api/context"
import { earlierSteps, newestSteps } from "@/api/sessions"
import type { EventKind, TimelineEvent } from "@/api/types"

interface Page {
  items: readonly TimelineEvent[]
  next_cursor: string | null
}

/**
 * The steps of a session, the newest first: a newest page that is read again as the session moves, and the earlier
 * ones, which are read once. What is in both is shown as the newest page has it.
 */
export function useSteps(id: string, kinds: readonly EventKind[]) {
  const api = useApi()
  const newest = useQuery(newestSteps(api, id, kinds))
  const asked = JSON.stringify([id, kinds])
  const [held, setHeld] = useState<{ asked: string; page: Page; all: Page } | null>(null)
  const page = newest.data
  if (page && (held?.asked !== asked || held.page !== page)) {
    const before = held?.asked === asked && touch(page, held.all) ? held.all : null
    setHeld({ asked, page, all: before ? { ...before, items: merged([page, before]) } : page })
  }
  const from = held?.asked === asked ? held.all : null
  const earlier = useInfiniteQuery(earlierSteps(api, id, kinds, from?.next_cursor ?? null))
  const before = earlier.data?.pages ?? []
  const ends = (before.at(-1) ?? from)?.next_cursor === null
  return {
    query: newest,
    items: useMemo(() => (from ? merged([from, ...(earlier.data?.pages ?? [])]) : []), [from, earlier.data]),
    /** All there is has been read. */
    complete: from !== null && ends,
    busy: earlier.isFetching,
    failed: earlier.isError,
    more: () => {
      if (earlier.isFetching || ends || !from) return
      void (before.length === 0 || earlier.isError ? earlier.refetch() : earlier.fetchNextPage())
    },
  }
}

/** Each step once, the first page's word on it, in order of the server. */
export function merged(pages: readonly Page[]): TimelineEvent[] {
  const found = new Map<string, TimelineEvent>()
  for (const { items } of pages) for (const event of items) if (!found.has(event.id)) found.set(event.id, event)
  return [...found.values()].sort((a, b) => compare(b.at, a.at) || compare(b.id, a.id))
}

/** Without a step in common something may be missing between them. */
export function touch(newest: Page, before: Page): boolean {
  if (newest.next_cursor === null) return true
  const known = new Set(before.items.map((event) => event.id))
  return newest.items.some((event) => known.has(event.id))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
