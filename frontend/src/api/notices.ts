import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query"

import type { NoticeFrame, ReadFrame } from "@/lib/live/frames"

import { changing, ifMatch } from "./changed"
import { bodyOf } from "./client"
import { useApi, type Api } from "./context"
import type { Notice, NoticePreferences, Page } from "./types"

type Notices = Page<Notice> & { unread: number }

const KEYS = {
  lists: ["notices", "list"] as const,
  unread: ["notices", "unread"] as const,
  preferences: ["notices", "preferences"] as const,
}

/** What the person was told, the newest first; all of it, or what is not read. */
export const noticeList = ({ client }: Api, onlyUnread = false) =>
  infiniteQueryOptions({
    queryKey: [...KEYS.lists, onlyUnread],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 30, ...(onlyUnread ? { unread: true } : {}), ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/notifications", { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

/** How many are not read. The socket says so whenever it changes. */
export const unreadCount = ({ client }: Api) =>
  queryOptions({
    queryKey: KEYS.unread,
    queryFn: async ({ signal }) => (await bodyOf(client.GET("/api/notifications", { params: { query: { limit: 1 } }, signal }))).unread,
    staleTime: Infinity,
  })

/** Marks some, or all, as read: seen at once, and asked anew where the server does not take it. */
export function useReadNotices() {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (ids: string[] | "all") => bodyOf(client.POST("/api/notifications/read", { body: ids === "all" ? { all: true } : { ids } })),
    onMutate: (ids) => markRead(queries, ids),
    onSuccess: ({ unread }) => queries.setQueryData(KEYS.unread, unread),
    onError: () => noticesMissed(queries),
  })
}

export const noticePreferences = ({ client }: Api) =>
  queryOptions({
    queryKey: KEYS.preferences,
    queryFn: ({ signal }) => bodyOf(client.GET("/api/notifications/preferences", { signal })),
    staleTime: 60_000,
  })

/** Changes what is still as it was seen: otherwise Overtaken. */
export function useChangePreferences() {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ version, ...body }: NoticePreferences) =>
      changing(
        () => bodyOf(client.PUT("/api/notifications/preferences", { params: { header: ifMatch(version) }, body })),
        () => bodyOf(client.GET("/api/notifications/preferences")),
      ),
    onSuccess: (preferences) => queries.setQueryData(KEYS.preferences, preferences),
  })
}

/** Takes in what somebody is told now. */
export function noteNotice(queries: QueryClient, { data }: NoticeFrame): void {
  queries.setQueryData(KEYS.unread, data.unread)
  void queries.invalidateQueries({ queryKey: KEYS.lists })
}

/** The person has read some, or all, perhaps on another screen. */
export function noteRead(queries: QueryClient, { data }: ReadFrame): void {
  markRead(queries, data.ids ?? "all")
  queries.setQueryData(KEYS.unread, data.unread)
}

/** Hands on what the person is told, to whoever shows it elsewhere than in the list. */
export class Told {
  private readonly listeners = new Set<(frame: NoticeFrame) => void>()

  readonly listen = (listener: (frame: NoticeFrame) => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  tell(frame: NoticeFrame): void {
    for (const listener of [...this.listeners]) listener(frame)
  }
}

/** After a pause nobody knows what was missed. */
export function noticesMissed(queries: QueryClient): void {
  for (const queryKey of [KEYS.lists, KEYS.unread]) void queries.invalidateQueries({ queryKey })
}

function markRead(queries: QueryClient, ids: string[] | "all"): void {
  const now = new Date().toISOString()
  let read = 0
  const mark = (notice: Notice) => {
    if (notice.read_at !== null || (ids !== "all" && !ids.includes(notice.id))) return notice
    read += 1
    return { ...notice, read_at: now }
  }
  for (const onlyUnread of [true, false]) {
    read = 0
    queries.setQueryData<InfiniteData<Notices>>([...KEYS.lists, onlyUnread], (held) => held && { ...held, pages: held.pages.map((page) => ({ ...page, items: page.items.map(mark) })) })
  }
  queries.setQueryData<number>(KEYS.unread, (held) => (held === undefined ? undefined : ids === "all" ? 0 : Math.max(0, held - Math.max(read, ids.length))))
}
