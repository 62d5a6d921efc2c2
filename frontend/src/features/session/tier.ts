import type { Session } from "@/api/types"

/** Why names are missing here, if they are hidden and not just unknown. */
export function hiddenNames(session: Session, what: string): string | null {
  if (session.tier !== "counts") return null
  return `${what} stay on ${session.hostname ?? "the machine"}: it reports numbers only (capture tier “counts”).`
}

/** Why the timeline holds no words, if so. */
export function hiddenWords(session: Session): string | null {
  if (session.tier === null || session.tier === "content") return null
  return `What was said stays on ${session.hostname ?? "the machine"} (capture tier “${session.tier}”).`
}
