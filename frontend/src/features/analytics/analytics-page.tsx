import { useQuery } from "@tanstack/react-query"
import { getRouteApi, useNavigate } from "@tanstack/react-router"

import { teamNumbers } from "@/api/analytics"
import { useApi, useUser } from "@/api/context"
import { NoTeam } from "@/components/no-team"
import { Page } from "@/components/page"

import { AnalyticsAnswer } from "./answer"
import { Nothing } from "./empty"
import { ErrorPatterns } from "./error-patterns"
import { ExportMenu } from "./export-menu"
import { FilterBar } from "./filter-bar"
import { Freshness, LeftOut } from "./freshness"
import { TeamCards } from "./metric-cards"
import { CostTrend, HealthTrends } from "./over-time"
import { PeakHours } from "./peak-hours"
import { analyticsSearch, isNarrowed, tidy, type Loose } from "./search"
import { SessionDistribution } from "./session-distribution"
import { SessionsTable } from "./sessions-table"
import { TagCloud } from "./tag-cloud"
import { TeamViewer } from "./team-viewer"
import { TokenUsageChart } from "./token-usage"
import { UserActivityChart } from "./user-activity"
import { useView } from "./view"

const route = getRouteApi("/app/analytics")

/** "What did it buy, and is it changing?" */
export function AnalyticsPage() {
  const { team_id: team } = useUser()
  const search = analyticsSearch({ ...route.useSearch() })
  const navigate = useNavigate()
  if (team === null) {
    return (
      <Page title="Analytics">
        <NoTeam />
      </Page>
    )
  }
  const change = (next: Loose) => void navigate({ to: "/analytics", search: tidy(next), resetScroll: false })
  return (
    <TeamViewer title="Analytics" team={team} search={search} onChange={change}>
      <TeamAnalytics />
    </TeamViewer>
  )
}

function TeamAnalytics() {
  const { query, search, options } = useView()
  const { data } = useQuery(teamNumbers(useApi(), query))
  const nothing = data?.sessions === 0 && !data.tokens.total
  const never = options?.users.length === 0
  return (
    <Page title="Analytics" answer={data && !nothing && <AnalyticsAnswer numbers={data} />} actions={<Actions asOf={data?.as_of} />}>
      <FilterBar />
      {data?.excludes_private === true && !nothing && <LeftOut narrowed={isNarrowed(search)} />}
      {nothing ? (
        <Nothing never={never} />
      ) : (
        <div className="flex flex-col gap-4 pb-8">
          <TeamCards />
          <TokenUsageChart />
          <div className="grid gap-4 lg:grid-cols-2">
            <CostTrend />
            <HealthTrends />
            <SessionDistribution />
            <UserActivityChart />
            <PeakHours />
            <TagCloud />
          </div>
          <ErrorPatterns />
          <SessionsTable />
        </div>
      )}
    </Page>
  )
}

function Actions({ asOf }: { asOf: string | undefined }) {
  return (
    <>
      <Freshness asOf={asOf} />
      <ExportMenu />
    </>
  )
}
