import type { Session, Status } from "@/api/types"
import { counted } from "@/lib/format/numbers"
import { at, shortSpan } from "@/lib/format/times"

/** The order in which a team needs to look: whoever waits first, what is over last. */
export const STATUSES: readonly Status[] = ["waiting", "error", "active", "idle", "ended"]

export const STATUS_NAMES: Record<Status, string> = {
  active: "Working",
  waiting: "Needs you",
  idle: "Idle",
  error: "Error",
  ended: "Ended",
}

/** "Needs you", "Needs Anna", "Idle 12 min", "Ended 14:02": the status as one reads it of this session. */
export function statusWords(session: Session, me: string | null, now: number): string {
  switch (session.status) {
    case "waiting":
      return session.user_id === me ? "Needs you" : `Needs ${session.username}`
    case "idle":
      return `Idle ${shortSpan(now - Date.parse(lastSeen(session)))}`
    case "ended":
      return `Ended ${at(session.ended_at ?? lastSeen(session), now)}`
    default:
      return STATUS_NAMES[session.status]
  }
}

/** When the session last did something; the server's own note of it where the tool records no times. */
export function lastSeen(session: Pick<Session, "last_activity_at" | "updated_at">): string {
  return session.last_activity_at ?? session.updated_at
}

/** A name for a session even where its tool made none. */
export function titleOf(session: Session): string {
  return session.title ?? session.project ?? session.repository ?? `Session ${session.native_id.slice(0, 8)}`
}

/** What the mark before a number says about where it comes from; null where it is exact. */
export function provenanceMark(session: Pick<Session, "provenance" | "incomplete_calls">): { mark: string; meaning: string } | null {
  if (session.provenance === "estimated") return { mark: "est.", meaning: PROVENANCE.estimated }
  if (session.provenance === "unknown") return { mark: "≥", meaning: PROVENANCE.unknown }
  if (session.incomplete_calls === 0) return null
  return { mark: "≥", meaning: `At least this much: ${counted(session.incomplete_calls, "call")} left only a lower bound.` }
}

export const PROVENANCE: Record<Session["provenance"], string> = {
  exact: "Exact: counted from the tool's own transcript.",
  reported: "Reported by the tool over telemetry.",
  billed: "Billed by the vendor.",
  estimated: "Estimated: the tool does not record this exactly.",
  unknown: "Unknown: the tool does not record all of it.",
}

export const BASIS: Record<Session["cost_basis"], { short: string; meaning: string }> = {
  api_equivalent: {
    short: "≈ API price",
    meaning: "What these tokens would cost at API prices. A subscription may be billed otherwise.",
  },
  billed: { short: "billed", meaning: "What the vendor billed." },
}
