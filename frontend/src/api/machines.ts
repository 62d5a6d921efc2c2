import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query"

import { useApi, type Api } from "./context"
import type { Machine, Page } from "./types"

const KEY = ["machines"] as const

export const machineList = ({ http }: Api) =>
  queryOptions({
    queryKey: KEY,
    queryFn: ({ signal }) => http.get<Page<Machine>>("/api/agents", { limit: 200 }, signal),
  })

/** Whether the server runs on the very machine of its users, and so could start an agent there. */
export const localMachine = ({ http }: Api) =>
  queryOptions({
    queryKey: [...KEY, "local"],
    queryFn: ({ signal }) => http.get<{ available: boolean }>("/api/agents/local", {}, signal),
    retry: false,
  })

export function useConnectLocal() {
  const { http } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => http.post<{ agent_pid: number }>("/api/agents/local", {}),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}
