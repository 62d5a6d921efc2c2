import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"
import { Problem } from "./problem"
import type { EventKind, Session, Tool, Visibility } from "./types"

const at = (id: string) => ({ path: { session_id: id } })

/** The parts of a session's page, each read by itself. */
export const PARTS = ["health", "history", "usage", "files", "commits", "memories", "tools"] as const
export type PartName = (typeof PARTS)[number]

export const sessionKeys = {
  list: ["sessions", "list"] as const,
  one: (id: string) => ["sessions", "one", id] as const,
  part: (id: string, part: PartName) => ["sessions", "one", id, part] as const,
}

/** The newest sessions over HTTP, for when no socket can be had. */
export const sessionList = ({ client }: Api) =>
  queryOptions({
    queryKey: sessionKeys.list,
    queryFn: ({ signal }) => bodyOf(client.GET("/api/sessions", { params: { query: { limit: 200 } }, signal })),
  })

export interface EndedQuery {
  q?: string
  user_id?: string[]
  tool?: Tool[]
  tag?: string[]
}

/** Ended sessions, the latest first, as far back as they go. */
export const endedSessions = ({ client }: Api, filter: EndedQuery) =>
  infiniteQueryOptions({
    queryKey: [...sessionKeys.list, "ended", filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, status: ["ended" as const], limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/sessions", { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

export const sessionDetail = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.one(id),
    queryFn: ({ signal }) => bodyOf(client.GET("/api/sessions/{session_id}", { params: at(id), signal })),
  })

export const sessionHealth = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.part(id, "health"),
    queryFn: ({ signal }) => bodyOf(client.GET("/api/sessions/{session_id}/health", { params: at(id), signal })),
  })

export const sessionUsage = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.part(id, "usage"),
    queryFn: ({ signal }) => bodyOf(client.GET("/api/sessions/{session_id}/usage", { params: at(id), signal })),
  })

export const sessionFiles = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.part(id, "files"),
    queryFn: ({ signal }) => bodyOf(client.GET("/api/sessions/{session_id}/files", { params: at(id), signal })),
  })

export const sessionCommits = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.part(id, "commits"),
    queryFn: ({ signal }) => bodyOf(client.GET("/api/sessions/{session_id}/commits", { params: at(id), signal })),
  })

export const sessionMemories = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.part(id, "memories"),
    queryFn: ({ signal }) => bodyOf(client.GET("/api/sessions/{session_id}/memories", { params: at(id), signal })),
  })

/** Tool calls by name, failures by kind, pull requests, sub-agents. */
export const sessionTools = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.part(id, "tools"),
    queryFn: ({ signal }) => bodyOf(client.GET("/api/sessions/{session_id}/tools", { params: at(id), signal })),
  })

export const sessionTimeline = ({ client }: Api, id: string, kind?: EventKind) =>
  infiniteQueryOptions({
    queryKey: [...sessionKeys.part(id, "history"), kind ?? "all"],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 50, ...(kind ? { kind: [kind] } : {}), ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/sessions/{session_id}/history", { params: { ...at(id), query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

/** What people say of a session themselves. */
export interface Words {
  title: string | null
  tags: string[]
  note: string | null
}

const TRIES = 4

/** Somebody else changed the very words that were to be changed; what they say now is in `now`. */
export class ChangedMeanwhile extends Error {
  override readonly name = "ChangedMeanwhile"

  constructor(readonly now: Session) {
    super("Somebody else changed it meanwhile")
  }
}

/**
 * Changes the words named. A session at work has a new version every few seconds, which is nobody's edit: where only
 * that is in the way, the change is made upon the newer version. Raises ChangedMeanwhile where the words themselves differ.
 */
export function useEditSession(id: string) {
  const { client, sessions } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async ({ seen, change }: { seen: Session; change: Partial<Words> }) => {
      let base = seen
      for (let left = TRIES; ; left -= 1) {
        try {
          const params = { ...at(id), header: { "if-match": `"${base.version}"` } }
          return await bodyOf(client.PUT("/api/sessions/{session_id}", { params, body: change }))
        } catch (error) {
          if (!(error instanceof Problem) || error.status !== 412 || left === 1) throw error
          base = await bodyOf(client.GET("/api/sessions/{session_id}", { params: at(id) }))
          if (differ(seen, base, change)) throw new ChangedMeanwhile(base)
        }
      }
    },
    onSuccess: (session) => {
      sessions.put(session)
      queries.setQueryData(sessionKeys.one(id), session)
    },
  })
}

function differ(seen: Words, now: Words, change: Partial<Words>): boolean {
  return (Object.keys(change) as (keyof Words)[]).some((name) => JSON.stringify(seen[name]) !== JSON.stringify(now[name]))
}

/** Who may see the session. The answer is in the store before the socket brings it. */
export function useShare() {
  const { client, sessions } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, visibility }: { id: string; visibility: Visibility }) =>
      bodyOf(client.POST("/api/sessions/{session_id}/share", { params: at(id), body: { visibility } })),
    onSuccess: (session) => {
      sessions.put(session)
      queries.setQueryData(sessionKeys.one(session.id), session)
    },
  })
}
