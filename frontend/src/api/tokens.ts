import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query"

import { useApi, type Api } from "./context"
import type { ApiToken, Page } from "./types"

const KEY = ["tokens"] as const

export const tokenList = ({ http }: Api) =>
  queryOptions({ queryKey: KEY, queryFn: ({ signal }) => http.get<Page<ApiToken>>("/api/auth/tokens", { limit: 200 }, signal) })

export interface NewToken {
  name: string
  scopes: string[]
  expires_at?: string
}

/** The answer holds the token itself, which the server shows this one time. */
export function useCreateToken() {
  const { http } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (token: NewToken) => http.post<ApiToken & { token: string }>("/api/auth/tokens", token),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}

export function useRevokeToken() {
  const { http } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => http.delete(`/api/auth/tokens/${encodeURIComponent(id)}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}
