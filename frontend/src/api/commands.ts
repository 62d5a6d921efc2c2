import { queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"
import { sessionKeys, type FileFormat } from "./sessions"
import type { CommandKind, SessionCommand } from "./types"

const at = (id: string) => ({ path: { session_id: id } })
const LISTED = 20
/** How far on a command is; the other end of it may be told of first. */
const COURSE: readonly SessionCommand["status"][] = ["pending", "sent", "started", "expired", "failed", "done"]

const key = (id: string) => [...sessionKeys.one(id), "commands"] as const

/** What was asked of the session's machine, the newest first. It moves by the socket, not by asking again. */
export const sessionCommands = ({ client }: Api, id: string) =>
  queryOptions({
    queryKey: key(id),
    queryFn: async ({ signal }) => {
      const query = { limit: LISTED }
      return (await bodyOf(client.GET("/api/sessions/{session_id}/commands", { params: { ...at(id), query }, signal }))).items
    },
  })

export function useAsk(id: string) {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (kind: CommandKind) => bodyOf(client.POST("/api/sessions/{session_id}/commands", { params: at(id), body: { kind } })),
    onSuccess: (command) => noteCommand(queries, command),
  })
}

/** Takes in how a command stands now, if its session's commands are shown anywhere. What is further on holds. */
export function noteCommand(queries: QueryClient, command: SessionCommand): void {
  queries.setQueryData<SessionCommand[]>(key(command.session_id), (held) => held && taken(held, command))
}

/** After a fresh snapshot of a session, what came of its commands meanwhile is to be asked again. */
export function commandsMissed(queries: QueryClient, channel: string): void {
  if (channel.startsWith("session:")) void queries.invalidateQueries({ queryKey: key(channel.slice("session:".length)) })
}

export function taken(held: readonly SessionCommand[], command: SessionCommand): SessionCommand[] {
  const before = held.find((one) => one.id === command.id)
  if (before && COURSE.indexOf(before.status) > COURSE.indexOf(command.status)) return [...held]
  const rest = held.filter((one) => one.id !== command.id)
  return [...rest, command].sort((a, b) => b.created_at.localeCompare(a.created_at)).slice(0, LISTED)
}

/** What the machine sent, as a text to keep. */
export async function commandExport({ client }: Api, command: SessionCommand, format: FileFormat): Promise<string> {
  const params = { path: { session_id: command.session_id, command_id: command.id }, query: { format } }
  const answer = await client.GET("/api/sessions/{session_id}/commands/{command_id}/export", { params, parseAs: "text" })
  return answer.data as unknown as string
}
