import { useQuery } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import { teamDetail } from "@/api/team"
import type { Session, TeamSettings } from "@/api/types"
import { useNow } from "@/lib/clock"
import { counted } from "@/lib/format/numbers"

const DAY_MS = 86_400_000

/** Why nothing is here of a session whose details the team has kept long enough; null where it has not. */
export function useTakenAway(session: Session): string | null {
  const team = useQuery(teamDetail(useApi(), session.team_id))
  return takenAway(session, team.data?.settings.retention, useNow())
}

export function takenAway(session: Session, kept: TeamSettings["retention"] | undefined, now: number): string | null {
  const days = kept?.details_days
  const last = session.last_activity_at ?? session.started_at
  if (days == null || session.status !== "ended" || last === null || now - Date.parse(last) < days * DAY_MS) return null
  return `Your team keeps the details of ended sessions for ${counted(days, "day")}.`
}
