import { createContext, use, useSyncExternalStore } from "react"

import type { Collisions } from "@/lib/live/collisions"
import type { Connection } from "@/lib/live/connection"
import type { LiveStore } from "@/lib/live/store"

import type { Auth } from "./auth"
import type { Client } from "./client"
import type { Told } from "./notices"
import type { Slowdown } from "./slowdown"
import type { Session, User } from "./types"

/** All that reaches the server, made once where the application is put together. */
export interface Api {
  auth: Auth
  client: Client
  collisions: Collisions<Session>
  live: Connection<Session>
  /** What the person is told, beside the sessions. */
  news: Connection<Session>
  sessions: LiveStore<Session>
  slowdown: Slowdown
  told: Told
}

export const ApiContext = createContext<Api | null>(null)

export function useApi(): Api {
  const api = use(ApiContext)
  if (!api) throw new Error("ApiContext is missing")
  return api
}

/** The person signed in. Only for what is drawn behind the sign-in. */
export function useUser(): User {
  const { auth } = useApi()
  const state = useSyncExternalStore(auth.onState, auth.state)
  if (state.kind !== "signed-in") throw new Error("Nobody is signed in")
  return state.user
}

/** The channel of all that this person may see: the team's, or only their own without a team. */
export function homeChannel(user: User): string {
  return user.team_id === null ? `user:${user.id}` : `team:${user.team_id}`
}
