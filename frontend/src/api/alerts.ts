import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"
import type { AlertState, AlertKind } from "./types"

const KEY = ["alerts"] as const
const at = (id: string) => ({ params: { path: { alert_id: id } } })

/** Incidents in these states, the newest first. */
export const alertList = ({ client }: Api, state: AlertState[]) =>
  infiniteQueryOptions({
    queryKey: [...KEY, "list", state],
    queryFn: ({ pageParam, signal }) => {
      const query = { state, limit: 30, ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/alerts", { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

/** The few newest of some kinds, for a glance. */
export const newestAlerts = ({ client }: Api, kind: AlertKind[]) =>
  queryOptions({
    queryKey: [...KEY, "newest", kind],
    queryFn: async ({ signal }) => (await bodyOf(client.GET("/api/alerts", { params: { query: { kind, limit: 8 } }, signal }))).items,
  })

/** What one may do about an incident. */
export function useAlert(id: string) {
  const { client } = useApi()
  const queries = useQueryClient()
  const onSettled = () => alertsChanged(queries)
  return {
    acknowledge: useMutation({ mutationFn: () => bodyOf(client.POST("/api/alerts/{alert_id}/acknowledge", at(id))), onSettled }),
    snooze: useMutation({ mutationFn: (until: string) => bodyOf(client.POST("/api/alerts/{alert_id}/snooze", { ...at(id), body: { until } })), onSettled }),
    resolve: useMutation({ mutationFn: () => bodyOf(client.POST("/api/alerts/{alert_id}/resolve", at(id))), onSettled }),
  }
}

export function alertsChanged(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: KEY })
}
