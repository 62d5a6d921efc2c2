import { infiniteQueryOptions, useMutation } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"

export interface AuditFilter {
  action?: string[]
  actor?: string[]
  from?: string
  to?: string
}

/** What happened in the team, the newest first. */
export const auditLog = ({ client }: Api, team: string, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", team, filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/teams/{team_id}/audit", { params: { path: { team_id: team }, query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

export type AuditFormat = "csv" | "json"

/** The entries that the filter names, as the text of a file. */
export function useExportAudit(team: string) {
  const { client } = useApi()
  return useMutation({
    mutationFn: ({ filter, format }: { filter: AuditFilter; format: AuditFormat }) => {
      const params = { path: { team_id: team }, query: { ...filter, format } }
      return bodyOf(client.GET("/api/teams/{team_id}/audit/export", { params, parseAs: "text" }))
    },
  })
}
