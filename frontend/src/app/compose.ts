import { QueryClient } from "@tanstack/react-query"

import { alertsChanged } from "@/api/alerts"
import { Auth, type Fetch } from "@/api/auth"
import { buildClient, type Client } from "@/api/client"
import { teamCollisions } from "@/api/collisions"
import { commandsMissed, noteCommand } from "@/api/commands"
import type { Api } from "@/api/context"
import { insightKeys, insightsMissed, noteInsight } from "@/api/insight-cache"
import { readInsight } from "@/api/insights"
import { membersChanged } from "@/api/members"
import { noteNotice, noteRead, noticesMissed, Told } from "@/api/notices"
import { notePresence, presenceMissed } from "@/api/presence"
import { isPassing } from "@/api/problem"
import { isWorthAnother, Slowdown, waitBefore } from "@/api/slowdown"
import { teamChanged } from "@/api/team"
import type { Session, SessionCommand } from "@/api/types"
import type { Kept } from "@/lib/kept"
import type { Collisions } from "@/lib/live/collisions"
import { Connection, type Socket } from "@/lib/live/connection"
import type { AlertFrame, InsightFrame, MemberFrame, ServerFrame } from "@/lib/live/frames"
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

const isOfMembers = (frame: ServerFrame<Session>): frame is MemberFrame => frame.type.startsWith("member_")

const isOfInsights = (frame: ServerFrame<Session>): frame is InsightFrame => frame.type.startsWith("insight_") || frame.type === "comment_added"
const isOfAlerts = (frame: ServerFrame<Session>): frame is AlertFrame => frame.type === "health_alert" || frame.type === "token_warning"

function personOf(auth: Auth): string | null {
  const state = auth.state()
  return state.kind === "signed-in" ? state.user.id : null
}

/** What one is oneself comes by `authenticated`, and until it has come there may be lists one may read no more. */
function isOfOneself(auth: Auth, frame: MemberFrame): boolean {
  return personOf(auth) === frame.data.user_id
}

/** Nothing of one person or team may be left for the next; with another role everything is read anew. */
function forgetWhatWasLeft(auth: Auth, sessions: LiveStore<Session>, collisions: Collisions<Session>, queries: QueryClient): void {
  let before = auth.state()
  auth.onState(() => {
    const [from, to] = [before, auth.state()]
    before = to
    if (from.kind !== "signed-in") return
    if (to.kind !== "signed-in" || to.user.id !== from.user.id || to.user.team_id !== from.user.team_id) {
      queries.clear()
      sessions.clear()
      collisions.clear()
    } else if (to.user.role !== from.user.role) void queries.invalidateQueries()
  })
}

function connect(world: World, auth: Auth, path: string, onFrame: (frame: ServerFrame<Session>) => void): Connection<Session> {
  return new Connection<Session>({
    url: `${world.origin.replace(/^http/, "ws")}/ws/${path}`,
    open: world.openSocket,
    token: () => auth.token(),
    renew: () => auth.renew(),
    onFrame,
  })
}

interface Ends {
  auth: Auth
  client: Client
  sessions: LiveStore<Session>
  queries: QueryClient
}

/** What the team does. */
function takeLive({ auth, client, sessions, queries }: Ends, frame: ServerFrame<Session>): void {
  if (frame.type === "authenticated") void checkRole(auth, frame.role)
  else if (frame.type === "command_result") noteCommand(queries, frame.data as SessionCommand)
  else if (frame.type === "presence") notePresence(queries, frame)
  else if (isOfInsights(frame)) noteInsight(queries, frame, { me: personOf(auth), read: (id) => readInsight(client, id) })
  else if (isOfAlerts(frame)) alertsChanged(queries)
  else if (frame.type === "team_updated") teamChanged(queries, frame.data)
  else if (isOfMembers(frame) ? !isOfOneself(auth, frame) : frame.type === "resync") membersChanged(queries)
  else {
    if (frame.type === "subscribed" && !frame.resumed) {
      commandsMissed(queries, frame.channel)
      presenceMissed(queries, frame.channel)
      if (!frame.channel.startsWith("session:")) insightsMissed(queries)
    }
    sessions.apply(frame)
  }
}

/** What this person is told. */
function takeNews(queries: QueryClient, told: Told, frame: ServerFrame<Session>): void {
  if (frame.type === "notification") {
    noteNotice(queries, frame)
    told.tell(frame)
  } else if (frame.type === "notifications_read") noteRead(queries, frame)
  else if (isOfAlerts(frame)) alertsChanged(queries)
  else if (frame.type === "subscribed" && !frame.resumed) {
    noticesMissed(queries)
    alertsChanged(queries)
  }
}

/** Puts the parts together. Nothing is opened yet. */
export function compose(world: World): Composition {
  const auth = new Auth(world.origin, world.fetch, world.storage)
  const slowdown = new Slowdown()
  const client = buildClient(world.origin, world.fetch, auth, slowdown)
  const sessions = new LiveStore<Session>()
  const collisions = teamCollisions(auth, client, sessions)
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => isWorthAnother(failures, error, isPassing(error)),
        retryDelay: waitBefore,
        refetchOnWindowFocus: false,
      },
    },
  })
  // What was begun to be written stays as long as the page.
  queries.setQueryDefaults(insightKeys.draft, { gcTime: Infinity })
  const told = new Told()
  const ends = { auth, client, sessions, queries }
  const live = connect(world, auth, "sessions", (frame) => takeLive(ends, frame))
  const news = connect(world, auth, "notifications", (frame) => takeNews(queries, told, frame))
  forgetWhatWasLeft(auth, sessions, collisions, queries)
  return { api: { auth, client, collisions, live, news, sessions, slowdown, told }, queries }
}
