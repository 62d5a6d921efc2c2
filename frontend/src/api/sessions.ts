import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query"

import { useApi, type Api } from "./context"
import type { ChangedFile, Commit, HealthDetail, Page, Session, TimelineEvent, UsagePoint, Visibility } from "./types"

const path = (id: string, part = "") => `/api/sessions/${encodeURIComponent(id)}${part}`

export const sessionKeys = {
  all: ["sessions"] as const,
  list: () => ["sessions", "list"] as const,
  one: (id: string) => ["sessions", "one", id] as const,
  part: (id: string, part: string) => ["sessions", "one", id, part] as const,
}

/** The newest sessions over HTTP, for when no socket can be had. */
export const sessionList = ({ http }: Api) =>
  queryOptions({
    queryKey: sessionKeys.list(),
    queryFn: ({ signal }) => http.get<Page<Session>>("/api/sessions", { limit: 200 }, signal),
  })

export const sessionDetail = ({ http }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.one(id),
    queryFn: ({ signal }) => http.get<Session>(path(id), {}, signal),
  })

export const sessionHealth = ({ http }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.part(id, "health"),
    queryFn: ({ signal }) => http.get<HealthDetail>(path(id, "/health"), {}, signal),
  })

export const sessionUsage = ({ http }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.part(id, "usage"),
    queryFn: async ({ signal }) => listOf(await http.get<Page<UsagePoint> | UsagePoint[]>(path(id, "/usage"), {}, signal)),
  })

export const sessionTimeline = ({ http }: Api, id: string, kind?: string) =>
  infiniteQueryOptions({
    queryKey: [...sessionKeys.part(id, "history"), kind ?? "all"],
    queryFn: ({ pageParam, signal }) =>
      http.get<Page<TimelineEvent>>(path(id, "/history"), { limit: 50, kind, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

export const sessionFiles = ({ http }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.part(id, "files"),
    queryFn: async ({ signal }) => listOf(await http.get<Page<ChangedFile>>(path(id, "/files"), { limit: 200 }, signal)),
  })

export const sessionCommits = ({ http }: Api, id: string) =>
  queryOptions({
    queryKey: sessionKeys.part(id, "commits"),
    queryFn: async ({ signal }) => listOf(await http.get<Page<Commit>>(path(id, "/commits"), { limit: 200 }, signal)),
  })

/** Who may see the session. The answer is in the store before the socket brings it. */
export function useShare() {
  const { http, sessions } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, visibility }: { id: string; visibility: Visibility }) =>
      http.post<Session>(path(id, "/share"), { visibility }),
    onSuccess: (session) => {
      sessions.put(session)
      queries.setQueryData(sessionKeys.one(session.id), session)
    },
  })
}

function listOf<T>(answer: Page<T> | T[]): T[] {
  return Array.isArray(answer) ? answer : answer.items
}
