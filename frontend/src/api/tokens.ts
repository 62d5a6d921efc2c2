import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"
import type { Scope } from "./types"

const KEY = ["tokens"] as const

export const tokenList = ({ client }: Pick<Api, "client">) =>
  queryOptions({
    queryKey: KEY,
    queryFn: ({ signal }) => bodyOf(client.GET("/api/auth/tokens", { params: { query: { limit: 200 } }, signal })),
  })

export interface NewToken {
  name: string
  scopes: Scope[]
  expires_at?: string
}

/** The answer holds the token itself, which the server shows this one time. */
export function useCreateToken() {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: NewToken) => bodyOf(client.POST("/api/auth/tokens", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}

export function useRevokeToken() {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => client.DELETE("/api/auth/tokens/{token_id}", { params: { path: { token_id: id } } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}
