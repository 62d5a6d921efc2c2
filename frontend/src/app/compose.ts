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

/** The server says on the socket who one is: a role that is news here needs a token that names it. */
async function checkRole(auth: Auth, role: string | null | undefined): Promise<void> {
  const state = auth.state()
  if (role === undefined || state.kind !== "signed-in" || state.user.role === role) return
  await auth.renew().catch(() => undefined)
}

/** Nothing of one person or team may be left for the next; with another role everything is read anew. */
function forgetWhatWasLeft(auth: Auth, sessions: LiveStore<Session>, queries: QueryClient): void {
  let before = auth.state()
  auth.onState(() => {
    const [from, to] = [before, auth.state()]
    before = to
    if (from.kind !== "signed-in") return
    if (to.kind !== "signed-in" || to.user.id !== from.user.id || to.user.team_id !== from.user.team_id) {
      queries.clear()
      sessions.clear()
    } else if (to.user.role !== from.user.role) void queries.invalidateQueries()
  })
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
    onFrame: (frame) => {
      if (frame.type === "authenticated") void checkRole(auth, frame.role)
      else sessions.apply(frame)
    },
  })
  const queries = new QueryClient({
    defaultOptions: {
      queries: { staleTime: 10_000, retry: (failures, error) => failures < 2 && isPassing(error), refetchOnWindowFocus: false },
    },
  })
  forgetWhatWasLeft(auth, sessions, queries)
  return { api: { auth, client, live, sessions }, queries }
}
