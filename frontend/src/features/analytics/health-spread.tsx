import type { UserNumbers } from "@/api/analytics"
import { GRADE_NAMES } from "@/components/session/health"

import { ChartCard } from "./chart-card"
import { healthParts, partTable, type Part } from "./parts"
import { Ring } from "./ring"

interface HealthSpreadProps {
  asked: { data: UserNumbers | undefined; error: unknown; isPlaceholderData: boolean; refetch: () => unknown }
}

/** How many sessions fared well, and how many did not. */
export function HealthSpread({ asked }: HealthSpreadProps) {
  const parts = asked.data && healthParts(asked.data.health_distribution, GRADE_NAMES)
  return (
    <ChartCard<Part[]>
      title="Health of sessions"
      definition="Sessions that began in this time by their health, cut where the team’s settings say. Some tools do not record enough to say."
      file="health-of-sessions"
      query={{ ...asked, data: parts }}
      tall="h-60"
      empty={(all) => (all.length === 0 ? "No session began in this time." : null)}
      table={(all) => partTable("Health", all, "count", "Sessions")}
    >
      {(all) => <Ring parts={all} unit="count" what="sessions" onPress={() => undefined} />}
    </ChartCard>
  )
}
