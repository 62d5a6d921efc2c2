import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"
import { Problem } from "./problem"
import type { EventKind, Session, SharedSession, Tool, Visibility } from "./types"

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

/** The sessions before and after this one in the list of all, as it was when the page was opened. */
export const sessionNeighbours = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: [...sessionKeys.one(id), "neighbours"],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/sessions/{session_id}/neighbours", { params: at(id), signal })),
    staleTime: Infinity,
  })

const STEPS_A_PAGE = 200

/** A page of the timeline, the newest first; of these kinds, or of all. */
const steps = ({ client }: Api, id: string, kinds: readonly EventKind[], cursor: string | null, signal: AbortSignal) => {
  const query = { limit: STEPS_A_PAGE, ...(kinds.length > 0 ? { kind: [...kinds] } : {}), ...(cursor === null ? {} : { cursor }) }
  return bodyOf(client.GET("/api/sessions/{session_id}/history", { params: { ...at(id), query }, signal }))
}

/** The newest page, read again as the session moves. */
export const newestSteps = (api: Api, id: string, kinds: readonly EventKind[]) =>
  queryOptions({
    queryKey: [...sessionKeys.part(id, "history"), kinds],
    queryFn: ({ signal }) => steps(api, id, kinds, null, signal),
  })

/** All that came before a page, as far back as is asked for. What is past does not change. */
export const earlierSteps = (api: Api, id: string, kinds: readonly EventKind[], from: string | null) =>
  infiniteQueryOptions({
    queryKey: [...sessionKeys.one(id), "earlier", kinds, from],
    queryFn: ({ pageParam, signal }) => steps(api, id, kinds, pageParam, signal),
    initialPageParam: from,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Infinity,
    enabled: false,
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

/** For good: it never comes back with a later report. Is sent even while the page is being left. */
export async function deleteSession({ client }: Api, id: string): Promise<void> {
  await client.DELETE("/api/sessions/{session_id}", { params: at(id), keepalive: true })
}

export type FileFormat = "md" | "json"

/** The session with all its parts, as a text to keep. */
export async function sessionExport({ client }: Api, id: string, format: FileFormat): Promise<string> {
  const answer = await client.GET("/api/sessions/{session_id}/export", { params: { ...at(id), query: { format } }, parseAs: "text" })
  return answer.data as unknown as string
}

/** What anybody sees who has the link. */
export const publicSession = ({ client }: Api, secret: string) =>
  queryOptions({
    queryKey: ["public", secret],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/public/sessions/{secret}", { params: { path: { secret } }, signal })),
    refetchInterval: 60_000,
  })

/** The links to a session's public page there were, and who looked; for its owner and admins. */
export const sessionViews = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: [...sessionKeys.one(id), "views"],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/sessions/{session_id}/views", { params: { ...at(id), query: { limit: 20 } }, signal })),
  })

/** Who may see the session. The answer is in the store before the socket brings it. */
export function useShare() {
  const { client, sessions } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, visibility, expiresAt }: { id: string; visibility: Visibility; expiresAt?: string }) =>
      bodyOf(
        client.POST("/api/sessions/{session_id}/share", {
          params: at(id),
          body: { visibility, ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) },
        }),
      ),
    onSuccess: (shared) => {
      const session = withoutLink(shared)
      sessions.put(session)
      queries.setQueryData(sessionKeys.one(session.id), session)
      void queries.invalidateQueries({ queryKey: [...sessionKeys.one(session.id), "views"] })
    },
  })
}

/** The link is said once, to whoever made it: it is no part of the session. */
function withoutLink(shared: SharedSession): Session {
  const session: Partial<SharedSession> & Session = { ...shared }
  delete session.link
  return session
}
