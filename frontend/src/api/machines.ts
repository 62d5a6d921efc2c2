import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"
import { tokenList } from "./tokens"

const KEY = ["machines"] as const

export const machineList = ({ client }: Api) =>
  queryOptions({
    queryKey: [...KEY, "list"],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/agents", { signal })),
  })

/** Ends what a machine signs in with, for good. */
export function useRevokeMachine() {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => client.DELETE("/api/agents/{agent_id}", { params: { path: { agent_id: id } } }),
    onSettled: () => Promise.all([queries.invalidateQueries({ queryKey: KEY }), queries.invalidateQueries(tokenList({ client }))]),
  })
}

/** Whether browser and server are on one machine, so that a press of a button can connect it. */
export const localMachine = ({ client }: Api) =>
  queryOptions({
    queryKey: [...KEY, "local"],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/agents/local", { signal })),
    retry: false,
  })

/** Starts the agent of this machine, with a token of its own. */
export function useConnectLocal() {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async () => {
      const { token } = await bodyOf(client.POST("/api/auth/tokens", { body: { name: "Agent of this machine", scopes: ["agent"] } }))
      return bodyOf(client.POST("/api/agents/local", { body: { token } }))
    },
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}

export function useDisconnectLocal() {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => client.DELETE("/api/agents/local"),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}
