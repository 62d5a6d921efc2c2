import { useCallback, useSyncExternalStore } from "react"

import { Collisions, type Clash } from "@/lib/live/collisions"
import type { LiveStore } from "@/lib/live/store"

import type { Auth } from "./auth"
import { bodyOf, type Client } from "./client"
import { homeChannel, useApi } from "./context"
import type { Session } from "./types"

/** Which of the team's sessions that this person sees change the same files. */
export function teamCollisions(auth: Auth, client: Client, sessions: LiveStore<Session>): Collisions<Session> {
  const here = () => {
    const state = auth.state()
    return state.kind === "signed-in" ? [...sessions.ids(homeChannel(state.user))].flatMap((id) => sessions.get(id) ?? []) : []
  }
  return new Collisions(sessions, here, async () => (await bodyOf(client.GET("/api/sessions/collisions"))).items)
}

/** Who changes which file of this session's too. Renders again when that changes, and for nothing else. */
export function useClashes(id: string): readonly Clash[] {
  const { collisions } = useApi()
  return useSyncExternalStore(
    collisions.watch,
    useCallback(() => collisions.of(id), [collisions, id]),
  )
}
