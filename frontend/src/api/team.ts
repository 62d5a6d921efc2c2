import { queryOptions } from "@tanstack/react-query"

import { bodyOf } from "./client"
import type { Api } from "./context"

export const teamDetail = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: ["team", id],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/teams/{team_id}", { params: { path: { team_id: id } }, signal })),
    staleTime: 5 * 60_000,
  })
