import type { Session } from "@/api/types"
import { useNow } from "@/lib/clock"
import { UNKNOWN } from "@/lib/format/numbers"
import { instant, shortSpan } from "@/lib/format/times"

import { lastSeen } from "./wording"

/** How long the session has run, or ran; when it began and last did something on hover. */
export function Age({ session }: { session: Session }) {
  const now = useNow()
  const { started_at: from } = session
  const until = ranUntil(session) ?? new Date(now).toISOString()
  const tip = [from && `Started ${instant(from)}`, `Last activity ${instant(lastSeen(session))}`].filter(Boolean).join("\n")
  return <span data-tip={tip}>{from === null ? UNKNOWN : shortSpan(Math.max(0, Date.parse(until) - Date.parse(from)))}</span>
}

/** When it stopped running; null while it runs. */
export function ranUntil(session: Pick<Session, "status" | "ended_at" | "last_activity_at" | "updated_at">): string | null {
  if (session.ended_at !== null) return session.ended_at
  return session.status === "ended" || session.status === "idle" ? lastSeen(session) : null
}
