import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query"

import { bodyOf } from "./client"
import type { Api } from "./context"
import type { components, operations } from "./schema.gen"

type Schemas = components["schemas"]
type QueryOf<name extends keyof operations> = NonNullable<operations[name]["parameters"]["query"]>

export type TokenSums = Schemas["TokenSums"]
export type TeamNumbers = Schemas["TeamFigures"]
export type UserNumbers = Schemas["UserFigures"]
export type TrendAnswer = Schemas["Trends"]
export type BreakdownAnswer = Schemas["Breakdown"]
export type SessionRow = Schemas["SessionFigures"]
export type SessionRows = Schemas["SessionFiguresPage"]
export type AnalyticsOptions = Schemas["Options"]

/** Days or instants, the second not included, by the clock of `tz`. */
export interface AnalyticsSpan {
  from: string
  to: string
  tz: string
}

/** What the numbers are narrowed to. */
export type AnalyticsQuery = AnalyticsSpan & Pick<QueryOf<"team_figures_api_analytics_team_get">, "user_id" | "tool" | "model" | "project" | "tag" | "weekends">
export type Metric = TrendAnswer["metric"]
type TrendQuery = AnalyticsQuery & Pick<QueryOf<"team_trends_api_analytics_trends_get">, "metric" | "bucket" | "group_by">
type SessionSort = NonNullable<QueryOf<"list_figures_api_analytics_sessions_get">["sort"]>
export type ExportFormat = NonNullable<QueryOf<"export_figures_api_analytics_export_get">["format"]>

/** What the keys of all these questions begin with. */
export const ANALYTICS = "analytics"
/** New reports come in all the time; the page says as of when its numbers are. */
const AGAIN_MS = 60_000
const SESSIONS_A_PAGE = 25

// What is shown stays until what was asked for has come: nothing jumps.
const held = { placeholderData: keepPreviousData, refetchInterval: AGAIN_MS }

export const teamNumbers = ({ client }: Api, query: AnalyticsQuery) =>
  queryOptions({
    queryKey: [ANALYTICS, "team", query],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/analytics/team", { params: { query }, signal })),
    ...held,
  })

export const trendNumbers = ({ client }: Api, query: TrendQuery) =>
  queryOptions({
    queryKey: [ANALYTICS, "trends", query],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/analytics/trends", { params: { query }, signal })),
    ...held,
  })

export const breakdownNumbers = ({ client }: Api, query: AnalyticsQuery & { by: BreakdownAnswer["by"] }) =>
  queryOptions({
    queryKey: [ANALYTICS, "breakdown", query],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/analytics/breakdown", { params: { query }, signal })),
    ...held,
  })

/** The sessions that the numbers are made of, as far as the reader may see them. */
export const sessionNumbers = ({ client }: Api, query: AnalyticsQuery & { sort: SessionSort }) =>
  infiniteQueryOptions({
    queryKey: [ANALYTICS, "sessions", query],
    queryFn: ({ pageParam, signal }) => {
      const page = { ...query, limit: SESSIONS_A_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/analytics/sessions", { params: { query: page }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  })

/** What the filters may offer this reader. */
export const analyticsOptions = ({ client }: Api, query: AnalyticsSpan) =>
  queryOptions({
    queryKey: [ANALYTICS, "options", query],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/analytics/options", { params: { query }, signal })),
    staleTime: 5 * 60_000,
    placeholderData: keepPreviousData,
  })

export const userNumbers = ({ client }: Api, id: string, query: AnalyticsSpan) =>
  queryOptions({
    queryKey: [ANALYTICS, "user", id, query],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/analytics/user/{user_id}", { params: { path: { user_id: id }, query }, signal })),
    ...held,
  })

/** A row a session, of exactly what the filters show. */
export async function analyticsExport({ client }: Api, query: AnalyticsQuery & { sort: SessionSort }, format: ExportFormat): Promise<Blob> {
  const answer = await client.GET("/api/analytics/export", { params: { query: { ...query, format } }, parseAs: "blob" })
  return answer.data as unknown as Blob
}
