import type { Alert, Insight, Member, Session } from "@/api/types"
import { titleOf } from "@/components/session/wording"

const DAY_MS = 86_400_000
const MOST = 24

export type Deed =
  | { kind: "insight"; key: string; at: string; insight: Insight }
  | { kind: "member"; key: string; at: string; member: Member }
  | { kind: "ended"; key: string; at: string; session: Ended }
  | { kind: "budget"; key: string; at: string; alert: Alert }

export interface Ended {
  id: string
  title: string
  username: string
  at: string
  /** How it ended: null where its tool records too little to say. */
  well: boolean | null
}

/** What an ended session leaves to be told. */
export function endedOf(session: Session): Ended | null {
  if (session.status !== "ended" || session.ended_at === null) return null
  const well = session.health === null ? null : session.health.grade !== "critical"
  return { id: session.id, title: titleOf(session), username: session.username, at: session.ended_at, well }
}

interface Sources {
  insights: readonly Insight[]
  members: readonly Member[]
  ended: readonly Ended[]
  alerts: readonly Alert[]
}

/** What happened in the team in the last week, the newest first. Whoever made the team did not join it. */
export function activityOf({ insights, members, ended, alerts }: Sources, now: number): Deed[] {
  const first = members.toSorted((a, b) => a.joined_at.localeCompare(b.joined_at))[0]
  const deeds: Deed[] = [
    ...insights.map((insight) => ({ kind: "insight" as const, key: `insight ${insight.id}`, at: insight.created_at, insight })),
    ...members.filter((one) => one !== first).map((member) => ({ kind: "member" as const, key: `member ${member.user_id}`, at: member.joined_at, member })),
    ...ended.map((session) => ({ kind: "ended" as const, key: `ended ${session.id}`, at: session.at, session })),
    ...alerts.map((alert) => ({ kind: "budget" as const, key: `budget ${alert.id}`, at: alert.opened_at, alert })),
  ]
  return deeds
    .filter(({ at }) => now - Date.parse(at) < 7 * DAY_MS)
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, MOST)
}
