import { infiniteQueryOptions, keepPreviousData, queryOptions, skipToken, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query"

import { changing, ifMatch } from "./changed"
import { bodyOf, type Client } from "./client"
import { useApi, type Api } from "./context"
import { forgetInsight, insightKeys, patchInsight, refreshFeeds } from "./insight-cache"
import type { operations } from "./schema.gen"
import type { Insight, InsightType, InsightWords } from "./types"

/** What the feed is narrowed to and how it is ordered. */
export type InsightQuery = Omit<NonNullable<operations["list_insights_api_insights_get"]["parameters"]["query"]>, "limit" | "cursor">
export type InsightSort = NonNullable<InsightQuery["sort"]>

const A_PAGE = 20
const at = (id: string) => ({ path: { insight_id: id } })

/** What the team has learned, as the query orders and narrows it. */
export const insightFeed = ({ client }: Api, query: InsightQuery) =>
  infiniteQueryOptions({
    queryKey: [...insightKeys.feeds, query],
    queryFn: ({ pageParam, signal }) => {
      const page = { ...query, limit: A_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/insights", { params: { query: page }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  })

/** The insight as this person may see it. */
export function readInsight(client: Client, id: string, signal: AbortSignal | null = null): Promise<Insight> {
  return bodyOf(client.GET("/api/insights/{insight_id}", { params: at(id), signal }))
}

export const insightDetail = ({ client }: Api, id: string) =>
  queryOptions({ queryKey: insightKeys.one(id), queryFn: ({ signal }) => readInsight(client, id, signal) })

/** The few newest, for a glance. */
export const newestInsights = ({ client }: Api) =>
  queryOptions({
    queryKey: insightKeys.newest,
    queryFn: async ({ signal }) => (await bodyOf(client.GET("/api/insights", { params: { query: { sort: "new", limit: 8 } }, signal }))).items,
  })

/** Tags in use that begin with the text, with how many insights have each. */
export const insightTags = ({ client }: Api, text = "") =>
  queryOptions({
    queryKey: [...insightKeys.tags, text],
    queryFn: async ({ signal }) => (await bodyOf(client.GET("/api/insights/tags", { params: { query: text === "" ? {} : { q: text } }, signal }))).items,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })

/** What is there already under a similar title. */
export const similarInsights = ({ client }: Api, title: string) =>
  queryOptions({
    queryKey: [...insightKeys.similar, title],
    queryFn: async ({ signal }) => (await bodyOf(client.GET("/api/insights/similar", { params: { query: { title } }, signal }))).items,
    staleTime: 60_000,
  })

const NONE: string[] = []

/** Insights shared since the feed was read. They are told by the socket, and never asked for. */
export const useFreshInsights = () => useQuery({ queryKey: insightKeys.fresh, queryFn: skipToken, initialData: NONE, staleTime: Infinity }).data ?? NONE

/** Deleted as far as the person sees, and may yet be taken back. */
export const useHiddenInsights = () => useQuery({ queryKey: insightKeys.hidden, queryFn: skipToken, initialData: NONE, staleTime: Infinity }).data ?? NONE

export function hideInsight(queries: QueryClient, id: string): void {
  queries.setQueryData<string[]>(insightKeys.hidden, (held = []) => [...held, id])
}

export function unhideInsight(queries: QueryClient, id: string): void {
  queries.setQueryData<string[]>(insightKeys.hidden, (held = []) => held.filter((one) => one !== id))
}

/** Shows the feed as it is now, with all that is new. */
export function readFeedAnew(queries: QueryClient): void {
  queries.setQueryData(insightKeys.fresh, [])
  void queries.resetQueries({ queryKey: insightKeys.feeds })
}

export interface NewInsight {
  type: InsightType
  title: string
  content: string
  tags: string[]
  session_id?: string
  moment?: string
}

export function useShareInsight() {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: NewInsight) => bodyOf(client.POST("/api/insights", { body })),
    onSuccess: (insight) => {
      queries.setQueryData(insightKeys.one(insight.id), insight)
      refreshFeeds(queries)
    },
  })
}

/** Changes the words named, if the insight is still as it was seen: otherwise Overtaken. */
export function useEditInsight(id: string) {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ change, version }: { change: InsightWords; version: number }) =>
      changing(
        () => bodyOf(client.PUT("/api/insights/{insight_id}", { params: { ...at(id), header: ifMatch(version) }, body: change })),
        () => readInsight(client, id),
      ),
    onSuccess: (insight: Insight) => {
      patchInsight(queries, id, insight)
      void queries.invalidateQueries({ queryKey: insightKeys.tags })
    },
  })
}

/** One vote a person; it is seen at once, and taken back where the server does not take it. */
export function useVote(id: string) {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    // One press after the other: the last one is what holds.
    scope: { id: `vote ${id}` },
    mutationFn: (vote: boolean) => {
      const params = { params: at(id) }
      return bodyOf(vote ? client.POST("/api/insights/{insight_id}/upvote", params) : client.DELETE("/api/insights/{insight_id}/upvote", params))
    },
    onMutate: (vote) => patchInsight(queries, id, (held) => (held.voted === vote ? {} : { voted: vote, upvotes: held.upvotes + (vote ? 1 : -1) })),
    onSuccess: (answer) => patchInsight(queries, id, answer),
    onError: (_, vote) => patchInsight(queries, id, (held) => (held.voted === vote ? { voted: !vote, upvotes: held.upvotes - (vote ? 1 : -1) } : {})),
  })
}

/** For good. Is sent even while the page is being left. */
export async function deleteInsight({ client }: Api, queries: QueryClient, id: string): Promise<void> {
  await client.DELETE("/api/insights/{insight_id}", { params: at(id), keepalive: true })
  forgetInsight(queries, id)
}

const ADDRESS = ["insights", "address"] as const

/** Whether the person has an address of the feed for readers of RSS. The address itself is said once, when it is made. */
export const feedAddress = ({ client }: Api) =>
  queryOptions({ queryKey: ADDRESS, queryFn: ({ signal }) => bodyOf(client.GET("/api/insights/feed", { signal })) })

export function useFeedAddress() {
  const { client } = useApi()
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: ADDRESS })
  return {
    make: useMutation({ mutationFn: () => bodyOf(client.POST("/api/insights/feed")), onSettled }),
    end: useMutation({ mutationFn: () => client.DELETE("/api/insights/feed"), onSettled }),
  }
}
