import type { InfiniteData, QueryClient } from "@tanstack/react-query"

import type { InsightFrame } from "@/lib/live/frames"

import type { Insight, InsightComment, Page } from "./types"

/** Where what was read of insights is held, and how it follows what the socket says. */
export const insightKeys = {
  feeds: ["insights", "feed"] as const,
  newest: ["insights", "newest"] as const,
  tags: ["insights", "tags"] as const,
  similar: ["insights", "similar"] as const,
  fresh: ["insights", "fresh"] as const,
  hidden: ["insights", "hidden"] as const,
  draft: ["insights", "draft"] as const,
  one: (id: string) => ["insights", "one", id] as const,
  comments: (id: string) => ["insights", "one", id, "comments"] as const,
}

type Feed = InfiniteData<Page<Insight>>
export type Thread = InfiniteData<Page<InsightComment>>
type Change = Partial<Insight> | ((held: Insight) => Partial<Insight>)

/** Changes an insight wherever it is shown; nothing moves. */
export function patchInsight(queries: QueryClient, id: string, change: Change): void {
  const changed = (held: Insight) => (held.id === id ? { ...held, ...(typeof change === "function" ? change(held) : change) } : held)
  queries.setQueriesData<Feed>({ queryKey: insightKeys.feeds }, (held) => held && overItems(held, (items) => items.map(changed)))
  queries.setQueryData<Insight[]>(insightKeys.newest, (held) => held?.map(changed))
  queries.setQueryData<Insight>(insightKeys.one(id), (held) => held && changed(held))
}

/** It is gone for everybody. */
export function forgetInsight(queries: QueryClient, id: string): void {
  const others = (items: Insight[]) => items.filter((one) => one.id !== id)
  queries.setQueriesData<Feed>({ queryKey: insightKeys.feeds }, (held) => held && overItems(held, others))
  queries.setQueryData<Insight[]>(insightKeys.newest, (held) => held && others(held))
  void queries.invalidateQueries({ queryKey: insightKeys.one(id) })
}

export function refreshFeeds(queries: QueryClient): void {
  for (const queryKey of [insightKeys.feeds, insightKeys.newest, insightKeys.tags]) void queries.invalidateQueries({ queryKey })
}

/** Applies a change to the items of every page. */
export function overItems<T>(held: InfiniteData<Page<T>>, change: (items: T[]) => T[]): InfiniteData<Page<T>> {
  return { ...held, pages: held.pages.map((page) => ({ ...page, items: change(page.items) })) }
}

export interface Witness {
  /** Who is signed in: what they did themselves is no news. */
  me: string | null
  /** The insight as this person may see it. */
  read: (id: string) => Promise<Insight>
}

/** Takes in what the socket says of an insight. */
export function noteInsight(queries: QueryClient, frame: InsightFrame, { me, read }: Witness): void {
  const id = frame.data.insight_id ?? frame.data.id
  if (id === undefined) return
  if (frame.type === "insight_shared") noteShared(queries, id, frame.data, me)
  else if (frame.type === "insight_deleted") forgetInsight(queries, id)
  else if (frame.type === "comment_added") noteComment(queries, id, frame.data.comment as InsightComment)
  else noteChange(queries, id, frame.data, read)
}

/** Votes come often, and need no question. Text is not told: where the words are others, they are read anew, in their place. */
function noteChange(queries: QueryClient, id: string, data: Record<string, unknown>, read: Witness["read"]): void {
  const held = heldInsight(queries, id)
  if (!held) return
  const votesOnly = held.version === data.version && held.comments === data.comments && held.upvotes !== data.upvotes
  if (held.version !== data.version) void read(id).then((insight) => patchInsight(queries, id, insight), () => undefined)
  patchInsight(queries, id, said(data))
  if (!votesOnly) void queries.invalidateQueries({ queryKey: insightKeys.comments(id) })
}

function heldInsight(queries: QueryClient, id: string): Insight | undefined {
  const feeds = queries.getQueriesData<Feed>({ queryKey: insightKeys.feeds }).flatMap(([, feed]) => feed?.pages.flatMap((page) => page.items) ?? [])
  const newest = queries.getQueryData<Insight[]>(insightKeys.newest) ?? []
  return queries.getQueryData<Insight>(insightKeys.one(id)) ?? [...feeds, ...newest].find((one) => one.id === id)
}

/** After a pause nobody knows what was missed. */
export function insightsMissed(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: ["insights"], predicate: ({ queryKey }) => !["fresh", "hidden", "draft"].includes(String(queryKey[1])) })
}

function noteShared(queries: QueryClient, id: string, data: Record<string, unknown>, me: string | null): void {
  void queries.invalidateQueries({ queryKey: insightKeys.newest })
  void queries.invalidateQueries({ queryKey: insightKeys.tags })
  if (data.shared_by === me && me !== null) return
  // Where nothing is shown, nothing can jump.
  void queries.invalidateQueries({ queryKey: insightKeys.feeds, predicate: ({ state }) => (state.data as Feed | undefined)?.pages.every((page) => page.items.length === 0) ?? false })
  queries.setQueryData<string[]>(insightKeys.fresh, (held = []) => (held.includes(id) ? held : [...held, id]))
}

function noteComment(queries: QueryClient, id: string, comment: InsightComment): void {
  const thread = queries.getQueryData<Thread>(insightKeys.comments(id))
  const known = thread?.pages.some((page) => page.items.some((one) => one.id === comment.id)) ?? false
  if (known) return
  if (thread) queries.setQueryData(insightKeys.comments(id), withComment(thread, comment))
  patchInsight(queries, id, (held) => ({ comments: held.comments + 1 }))
}

/** At the end, where the thread is read to its end: what comes later is read in its turn. */
export function withComment(thread: Thread, comment: InsightComment): Thread {
  const last = thread.pages.length - 1
  if (thread.pages.at(last)?.next_cursor != null) return thread
  return {
    ...thread,
    pages: thread.pages.map((page, index) => (index === last ? { ...page, items: [...page.items.filter((one) => one.id !== comment.id), comment] } : page)),
  }
}

const PUBLIC = ["type", "title", "tags", "state", "upvotes", "comments", "updated_at"] as const

/** What of a frame is the same for all who read it. */
function said(data: Record<string, unknown>): Partial<Insight> {
  return Object.fromEntries(PUBLIC.filter((name) => data[name] !== undefined).map((name) => [name, data[name]]))
}
