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

export type ServerFrame<S> =
  | SubscribedFrame<S>
  | UpdateFrame<S>
  | LeftFrame
  | DeletedFrame
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
