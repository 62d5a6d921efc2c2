import { QueryClient } from "@tanstack/react-query"

import { Auth, type Fetch } from "@/api/auth"
import { buildClient } from "@/api/client"
import type { Api } from "@/api/context"
import { isPassing } from "@/api/problem"
import type { Session } from "@/api/types"
import type { Kept } from "@/lib/kept"
import { Connection, type Socket } from "@/lib/live/connection"
import { LiveStore } from "@/lib/live/store"

/** What the application takes from the world around it. */
export interface World {
  origin: string
  fetch: Fetch
  openSocket: (url: string) => Socket
  storage: Kept
}

export interface Composition {
  api: Api
  queries: QueryClient
}

/** Puts the parts together. Nothing is opened yet. */
export function compose(world: World): Composition {
  const auth = new Auth(world.origin, world.fetch, world.storage)
  const client = buildClient(world.origin, world.fetch, auth)
  const sessions = new LiveStore<Session>()
  const live = new Connection<Session>({
    url: `${world.origin.replace(/^http/, "ws")}/ws/sessions`,
    open: world.openSocket,
    token: () => auth.token(),
    renew: () => auth.renew(),
    onFrame: (frame) => sessions.apply(frame),
  })
  const queries = new QueryClient({
    defaultOptions: {
      queries: { staleTime: 10_000, retry: (failures, error) => failures < 2 && isPassing(error), refetchOnWindowFocus: false },
    },
  })
  return { api: { auth, client, live, sessions }, queries }
}
