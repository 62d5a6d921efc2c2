import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"

const KEY = ["logins"] as const

/** Where the person is signed in. */
export const loginList = ({ client }: Api) =>
  infiniteQueryOptions({
    queryKey: KEY,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/auth/logins", { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

export function useEndLogin() {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => client.DELETE("/api/auth/logins/{login_id}", { params: { path: { login_id: id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}

/** Ends all but the one that asks. */
export function useEndOtherLogins() {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => client.DELETE("/api/auth/logins"),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}
