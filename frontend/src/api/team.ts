import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"
import type { Team, TeamSettings } from "./types"

const at = (id: string) => ({ path: { team_id: id } })

export const teamKeys = {
  mine: ["teams"] as const,
  one: (id: string) => ["team", id] as const,
}

export const teamDetail = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: teamKeys.one(id),
    queryFn: ({ signal }) => bodyOf(client.GET("/api/teams/{team_id}", { params: at(id), signal })),
    staleTime: 5 * 60_000,
  })

/** The teams the person is in. */
export const teamList = ({ client }: Api) =>
  infiniteQueryOptions({
    queryKey: teamKeys.mine,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 200, ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/teams", { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

/** Name or settings are others from this version on: whoever shows them reads them anew. */
export function teamChanged(queries: QueryClient, { id, version }: { id: string; version: number }): void {
  const held = queries.getQueryData<Team>(teamKeys.one(id))
  if (held && held.version >= version) return
  void queries.invalidateQueries({ queryKey: teamKeys.one(id) })
  void queries.invalidateQueries({ queryKey: teamKeys.mine })
}

export interface TeamChange {
  name?: string
  settings?: Partial<TeamSettings>
}

/** Changes what is named, if the team is still as it was seen: otherwise Problem 412. */
export function useChangeTeam(id: string) {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ change, version }: { change: TeamChange; version: number }) => {
      // The server's document calls defaults required; it changes only the settings that are named.
      const body = change as { name?: string; settings?: TeamSettings }
      const params = { ...at(id), header: { "if-match": `"${version}"` } }
      return bodyOf(client.PUT("/api/teams/{team_id}", { params, body }))
    },
    onSuccess: (team: Team) => {
      queries.setQueryData(teamKeys.one(id), team)
      void queries.invalidateQueries({ queryKey: teamKeys.mine })
    },
    onError: () => queries.invalidateQueries({ queryKey: teamKeys.one(id) }),
  })
}

export type HealthChange = Pick<TeamSettings, "health_thresholds" | "health_weights">

/** What other thresholds and weights would make of the sessions there are. Nothing is changed. */
export const healthPreview = ({ client }: Api, id: string, body: HealthChange) =>
  queryOptions({
    queryKey: [...teamKeys.one(id), "preview", body],
    queryFn: ({ signal }) => bodyOf(client.POST("/api/teams/{team_id}/settings/preview", { params: at(id), body, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

/** Makes a team and goes there. */
export function useMakeTeam() {
  const { auth, client } = useApi()
  return useMutation({
    mutationFn: (name: string) =>
      auth.doing(async () => {
        const team = await bodyOf(client.POST("/api/teams", { body: { name } }))
        await auth.switchTeam(team.id)
      }),
  })
}

export function useSwitchTeam() {
  const { auth } = useApi()
  return useMutation({ mutationFn: (id: string) => auth.switchTeam(id) })
}

/** Deletes the team for good; the person is then in another of theirs, or in none. */
export function useDeleteTeam() {
  const { auth, client } = useApi()
  return useMutation({
    mutationFn: (id: string) =>
      auth.doing(async () => {
        await client.DELETE("/api/teams/{team_id}", { params: at(id) })
        await auth.renew()
      }),
  })
}
