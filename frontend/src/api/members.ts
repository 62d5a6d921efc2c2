import { infiniteQueryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"
import type { Role } from "./types"

const key = (team: string) => ["members", team] as const

/** Everybody in the team, in the order in which they joined. */
export const memberList = ({ client }: Api, team: string) =>
  infiniteQueryOptions({
    queryKey: key(team),
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/teams/{team_id}/members", { params: { path: { team_id: team }, query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

/** Somebody has come, gone, or is something else now: open pages read anew who is there, and which invitations are used. */
export function membersChanged(queries: QueryClient): void {
  for (const of of ["members", "invites"]) void queries.invalidateQueries({ queryKey: [of] })
}

interface InTeam {
  user: string
  role: Role
}

/** What an admin does with members. Each takes effect at once, in the other's open pages too. */
export function useMembers(team: string) {
  const { auth, client } = useApi()
  const queries = useQueryClient()
  const done = { onSettled: () => queries.invalidateQueries({ queryKey: key(team) }) }
  const at = (user: string) => ({ params: { path: { team_id: team, user_id: user } } })
  return {
    changeRole: useMutation({
      mutationFn: ({ user, role }: InTeam) => bodyOf(client.PUT("/api/teams/{team_id}/members/{user_id}", { ...at(user), body: { role } })),
      ...done,
    }),
    remove: useMutation({
      mutationFn: (user: string) => client.DELETE("/api/teams/{team_id}/members/{user_id}", at(user)),
      ...done,
    }),
    add: useMutation({
      mutationFn: (body: { email: string; role: Role }) => {
        return bodyOf(client.POST("/api/teams/{team_id}/members", { params: { path: { team_id: team } }, body }))
      },
      ...done,
    }),
    leave: useMutation({
      mutationFn: (user: string) =>
        auth.doing(async () => {
          await client.DELETE("/api/teams/{team_id}/members/{user_id}", at(user))
          await auth.renew()
        }),
    }),
  }
}
