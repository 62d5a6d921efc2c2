import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router"

import { userNumbers, type UserNumbers } from "@/api/analytics"
import { useApi, useUser } from "@/api/context"
import { buttonClasses } from "@/components/button"
import { NoTeam } from "@/components/no-team"
import { Page } from "@/components/page"
import { counted } from "@/lib/format/numbers"

import { ExportMenu } from "./export-menu"
import { FilterBar } from "./filter-bar"
import { Freshness } from "./freshness"
import { HealthSpread } from "./health-spread"
import { Cards } from "./metric-cards"
import { CostTrend } from "./over-time"
import { PeakHours } from "./peak-hours"
import { personFigures } from "./person-figures"
import { rangeLabel } from "./range"
import { analyticsSearch, FILTERS, tidy, unnarrowed, type AnalyticsSearch, type Loose } from "./search"
import { SessionsTable } from "./sessions-table"
import { TagCloud } from "./tag-cloud"
import { TeamViewer } from "./team-viewer"
import { TokenUsageChart } from "./token-usage"
import { brief } from "./units"
import { useView } from "./view"

const route = getRouteApi("/app/me")

/** One's own numbers, private sessions included: nobody else sees this page of one. */
export function MePage() {
  const { team_id: team, id } = useUser()
  const search = withoutPeople({ ...route.useSearch() })
  const navigate = useNavigate()
  if (team === null) {
    return (
      <Page title="My numbers">
        <NoTeam />
      </Page>
    )
  }
  const change = (next: Loose) => void navigate({ to: "/me", search: tidy(next), resetScroll: false })
  // To a part of one's work leads the team's page, narrowed to oneself.
  const narrow = (next: AnalyticsSearch) => void navigate({ to: "/analytics", search: { ...next, user: [id] } })
  return (
    <TeamViewer title="My numbers" team={team} search={search} only={id} onChange={change} onNarrow={narrow}>
      <Mine id={id} />
    </TeamViewer>
  )
}

/** The figures are of the person's whole work: the page has days and a zone, and no filters. */
function withoutPeople(raw: Record<string, unknown>): AnalyticsSearch {
  return unnarrowed(analyticsSearch(raw))
}

function Mine({ id }: { id: string }) {
  const { range, zone, search } = useView()
  const asked = useQuery(userNumbers(useApi(), id, { ...range, tz: zone }))
  const { data } = asked
  const compared = search.compare !== "off"
  return (
    <Page
      title="My numbers"
      answer={data && <p>{answerOf(data)}</p>}
      actions={
        <>
          <Freshness asOf={data?.as_of} />
          <ExportMenu />
          <Link to="/analytics" className={buttonClasses("secondary")}>
            Team
          </Link>
        </>
      }
    >
      <FilterBar without={FILTERS} />
      <div className="flex flex-col gap-4 pb-8">
        <Cards
          figures={data && personFigures(data, compared ? data.previous : null)}
          count={6}
          columns="xl:grid-cols-6"
          pending={asked.isPlaceholderData}
          error={asked.error}
          retry={() => void asked.refetch()}
          before={data && compared ? rangeLabel(data.previous, zone) : null}
        />
        <TokenUsageChart />
        <div className="grid gap-4 lg:grid-cols-2">
          <CostTrend />
          <HealthSpread asked={asked} />
          <PeakHours />
          <TagCloud />
        </div>
        <SessionsTable />
      </div>
    </Page>
  )
}

function answerOf({ sessions, tokens, cost_usd: cost }: UserNumbers): string {
  const parts = [counted(sessions, "session"), tokens.total !== null && `${brief(tokens.total, "tokens")} tokens`, cost !== null && `${brief(cost, "money")} at API price`]
  return parts.filter(Boolean).join(" · ")
}
