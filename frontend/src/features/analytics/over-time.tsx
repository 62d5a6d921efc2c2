import { useQuery } from "@tanstack/react-query"

import { trendNumbers, type Metric } from "@/api/analytics"
import { useApi } from "@/api/context"

import { TrendCard } from "./trend-card"
import { useView } from "./view"

function useTrend(metric: Metric) {
  const { query, bucket } = useView()
  return useQuery(trendNumbers(useApi(), { ...query, metric, bucket }))
}

/** Whether sessions fare better or worse. */
export function HealthTrends() {
  return (
    <TrendCard
      title="Health"
      definition="The mean health, 0 to 100, of the sessions that began in each stretch of time and have a score. Where none began there is a gap."
      file="health"
      query={useTrend("health")}
      unit="score"
      dimension={null}
      shape="area"
      empty="No session that began in this time has a health score: it takes a tool that records enough."
    />
  )
}

/** What it would cost, and when. */
export function CostTrend() {
  return (
    <TrendCard
      title="Cost"
      definition="What the tokens of each stretch of time would cost at API prices: the public ones, or the team’s own where it has set them. Models without a known price are left out. What vendors billed is never added to it."
      file="cost"
      query={useTrend("cost")}
      unit="money"
      dimension={null}
      shape="bar"
      empty="Nothing in this time has a known price."
    />
  )
}
