import { queryOptions, skipToken, type QueryClient } from "@tanstack/react-query"

import type { PresenceFrame } from "@/lib/live/frames"

import { sessionKeys } from "./sessions"

export type Looker = PresenceFrame["data"]["people"][number]

const NOBODY: Looker[] = []
const key = (id: string) => [...sessionKeys.one(id), "presence"] as const

/** Who else has the session open. It is told by the socket, and never asked for. */
export const lookers = (id: string) => queryOptions({ queryKey: key(id), queryFn: skipToken, initialData: NOBODY, staleTime: Infinity })

/** Takes in who looks at a session now. */
export function notePresence(queries: QueryClient, { data }: PresenceFrame): void {
  queries.setQueryData(key(data.session_id), data.people)
}

/** After a fresh snapshot of a session, whoever is there is told anew. */
export function presenceMissed(queries: QueryClient, channel: string): void {
  if (channel.startsWith("session:")) queries.setQueryData(key(channel.slice("session:".length)), NOBODY)
}
