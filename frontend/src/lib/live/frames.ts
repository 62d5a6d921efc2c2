/** The frames of `/ws/sessions`, as far as this page speaks and understands them. */

/** Anything the store can hold: the newest `version` of an `id` wins. */
export interface Versioned {
  id: string
  version: number
}

export interface Filters {
  status?: string[]
  users?: string[]
  tools?: string[]
  tags?: string[]
}

export type ClientFrame =
  | { type: "auth"; token: string }
  | { type: "subscribe"; channel: string; filters: Filters; since?: string }
  | { type: "unsubscribe"; channel: string }
  | { type: "ping" }

export interface SubscribedFrame<S> {
  type: "subscribed"
  channel: string
  cursor: string
  sessions: S[]
  truncated: boolean
  /** The cursor was good: nothing of what is held is void, and what was missed follows as updates. */
  resumed?: boolean
}

export interface UpdateFrame<S> {
  type: "session_update" | "session_created" | "session_ended"
  channel: string
  cursor?: string
  data: S & { session_id: string }
  left?: false
}

/** The session is no longer among those subscribed to: of its content nothing may be left but the id. */
export interface LeftFrame {
  type: "session_update"
  channel: string
  cursor?: string
  data: { session_id: string; version?: number }
  left: true
}

export interface DeletedFrame {
  type: "session_deleted"
  channel: string
  cursor?: string
  data: { session_id: string; version?: number }
}

/** Who is in the team has changed. */
export interface MemberFrame {
  type: "member_joined" | "member_role_changed" | "member_left"
  channel: string
  cursor?: string
  data: { user_id: string; username?: string | null; role?: string | null }
}

/** The team's name or settings are others now. */
export interface TeamFrame {
  type: "team_updated"
  channel: string
  cursor?: string
  data: { id: string; version: number }
}

/** How something asked of a session's machine stands now; what it is, the product knows. */
export interface CommandFrame {
  type: "command_result"
  channel: string
  cursor?: string
  data: { id: string; session_id: string }
}

/** Who else looks at a session now, from now on. */
export interface PresenceFrame {
  type: "presence"
  channel: string
  data: { session_id: string; people: { user_id: string; username: string }[] }
}

/** Something the team wrote down has come, changed or gone; what it is, the product knows. */
export interface InsightFrame {
  type: "insight_shared" | "insight_updated" | "insight_deleted" | "comment_added"
  channel: string
  cursor?: string
  data: Record<string, unknown> & { id?: string; insight_id?: string }
}

/** The person is told something, by the browser too where they want that; so many things are not read now. */
export interface NoticeFrame {
  type: "notification"
  channel: string
  cursor?: string
  data: { notification: { id: string; kind: string; title: string; text: string; link: string }; unread: number; push: boolean }
}

/** The person has read these, or where there are none all. */
export interface ReadFrame {
  type: "notifications_read"
  channel: string
  cursor?: string
  data: { ids: string[] | null; unread: number }
}

/** An incident has begun, or is another now. */
export interface AlertFrame {
  type: "health_alert" | "token_warning"
  channel: string
  cursor?: string
  data: { alert: { id: string } }
}

export type ServerFrame<S> =
  | SubscribedFrame<S>
  | UpdateFrame<S>
  | LeftFrame
  | DeletedFrame
  | MemberFrame
  | TeamFrame
  | CommandFrame
  | PresenceFrame
  | InsightFrame
  | NoticeFrame
  | ReadFrame
  | AlertFrame
  | { type: "batch"; frames: ServerFrame<S>[] }
  | { type: "resync"; channel: string }
  | { type: "error"; code: string; detail?: string; channel?: string | null }
  | { type: "authenticated"; role?: string | null }
  | { type: "unsubscribed" | "pong" }

/** A frame, or null for text that is none. Types this page does not know pass through and are ignored later. */
export function parseFrame<S>(text: unknown): ServerFrame<S> | null {
  if (typeof text !== "string") return null
  try {
    const frame: unknown = JSON.parse(text)
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as ServerFrame<S>) : null
  } catch {
    return null
  }
}
