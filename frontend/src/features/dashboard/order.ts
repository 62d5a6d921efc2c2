import type { Session } from "@/api/types"
import { lastSeen, STATUSES } from "@/components/session/wording"

import type { Grouping } from "./filter"

/** Cards that stand together under a heading; without a label they stand alone. */
export interface Group {
  readonly key: string
  readonly label: string | null
  readonly ids: readonly string[]
}

export const STATUS_WORDS: Record<Session["status"], string> = {
  waiting: "Waiting",
  error: "Error",
  active: "Working",
  idle: "Idle",
  ended: "Ended",
}

/** Who needs this person first, then who needs anybody, then what works; the latest first among equals. */
export function byNeed(me: string): (a: Session, b: Session) => number {
  const rank = (session: Session) => (session.status === "waiting" && session.user_id === me ? -1 : STATUSES.indexOf(session.status))
  return (a, b) => rank(a) - rank(b) || compare(lastSeen(b), lastSeen(a)) || compare(a.id, b.id)
}

/** The sessions as they are to stand: those pinned first, the others together as asked, each group in its order of need. */
export function arranged(sessions: readonly Session[], me: string, pinned: ReadonlySet<string>, grouping?: Grouping): Group[] {
  const sorted = [...sessions].sort(byNeed(me))
  const kept = sorted.filter((session) => pinned.has(session.id))
  const rest = sorted.filter((session) => !pinned.has(session.id))
  const groups = grouping ? grouped(rest, grouping, me) : [group("rest", kept.length > 0 ? "All others" : null, rest)]
  return [group("pinned", "Pinned", kept), ...groups].filter(({ ids }) => ids.length > 0)
}

function grouped(sessions: readonly Session[], grouping: Grouping, me: string): Group[] {
  const found = new Map<string, Session[]>()
  for (const session of sessions) {
    const key = KEYS[grouping](session)
    found.set(key, [...(found.get(key) ?? []), session])
  }
  return [...found]
    .flatMap(([key, list]) => list.slice(0, 1).map((first) => group(`${grouping}:${key}`, LABELS[grouping](first), list)))
    .sort(inOrder(grouping, me))
}

const KEYS: Record<Grouping, (session: Session) => string> = {
  person: (session) => session.user_id,
  repository: (session) => session.repository ?? session.project ?? "",
  status: (session) => session.status,
}

const LABELS: Record<Grouping, (session: Session) => string> = {
  person: (session) => session.username,
  repository: (session) => session.repository ?? session.project ?? "No repository",
  status: (session) => STATUS_WORDS[session.status],
}

/** Statuses by urgency; persons oneself first and then by name, so that nobody is ranked; repositories by name, none last. */
function inOrder(grouping: Grouping, me: string): (a: Group, b: Group) => number {
  const keyOf = ({ key }: Group) => key.slice(grouping.length + 1)
  const rank = (one: Group) => {
    if (grouping === "status") return STATUSES.findIndex((status) => status === keyOf(one))
    if (grouping === "person") return keyOf(one) === me ? 0 : 1
    return keyOf(one) === "" ? 1 : 0
  }
  return (a, b) => rank(a) - rank(b) || (a.label ?? "").localeCompare(b.label ?? "") || compare(a.key, b.key)
}

function group(key: string, label: string | null, sessions: readonly Session[]): Group {
  return { key, label, ids: sessions.map((session) => session.id) }
}

/** Faster than by locale, and for ids and instants the same. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
