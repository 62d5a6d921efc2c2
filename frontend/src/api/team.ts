import { queryOptions } from "@tanstack/react-query"

import type { Api } from "./context"

export interface Team {
  id: string
  name: string
}

export const teamDetail = ({ http }: Api, id: string) =>
  queryOptions({
    queryKey: ["team", id],
    queryFn: ({ signal }) => http.get<Team>(`/api/teams/${encodeURIComponent(id)}`, {}, signal),
    staleTime: 5 * 60_000,
  })
