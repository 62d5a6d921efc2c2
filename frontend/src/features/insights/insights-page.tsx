import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { Plus, Rss } from "lucide-react"
import { lazy, Suspense, useState } from "react"

import { useApi, useUser } from "@/api/context"
import { insightTags } from "@/api/insights"
import { memberList } from "@/api/members"
import type { User } from "@/api/types"
import { Button } from "@/components/button"
import { NoTeam } from "@/components/no-team"
import { Page } from "@/components/page"
import { Section } from "@/components/section"
import { useCommands } from "@/lib/commands"
import { listed } from "@/lib/format/names"
import { useShortcuts } from "@/lib/keys"

import { InsightFeed } from "./insight-feed"
import { InsightFilters } from "./insight-filters"
import { RssAddress } from "./rss-address"
import { insightSearch, type InsightSearch } from "./search"

const ShareInsight = lazy(() => import("@/components/insight/share-insight").then((module) => ({ default: module.ShareInsight })))
const route = getRouteApi("/app/insights")
const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const

/** "What did we learn?" */
export function InsightsPage() {
  const user = useUser()
  const search = insightSearch({ ...route.useSearch() })
  if (user.team_id === null) {
    return (
      <Page title="Insights">
        <NoTeam />
      </Page>
    )
  }
  return <TeamInsights user={user} team={user.team_id} search={search} />
}

function TeamInsights({ user, team, search }: { user: User; team: string; search: InsightSearch }) {
  const [sharing, setSharing] = useState(false)
  const [feeding, setFeeding] = useState(false)
  const mayShare = user.role !== "viewer"
  const share = () => setSharing(true)
  useShortcuts(mayShare ? [{ keys: "n", label: "Share an insight", run: share }] : [])
  useCommands([
    ...(mayShare ? [{ label: "Share an insight", note: "Insights", run: share }] : []),
    { label: "Follow insights in a feed reader", note: "Insights", run: () => setFeeding(true) },
  ])
  return (
    <Page
      title="Insights"
      answer={<Answer />}
      actions={
        <>
          <Button square aria-label="Follow in a feed reader" data-tip="Follow in a feed reader (RSS)" onClick={() => setFeeding(true)}>
            <Rss {...ICON} />
          </Button>
          {mayShare && (
            <Button look="primary" onClick={share}>
              <Plus {...ICON} />
              <span className="max-sm:sr-only">Share an insight</span>
            </Button>
          )}
        </>
      }
    >
      <InsightFilters search={search} team={team} />
      <div className="grid flex-1 content-start items-start gap-4 pb-8 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <InsightFeed user={user} search={search} onShare={mayShare ? share : null} />
        <div className="hidden flex-col gap-4 lg:flex">
          <Tags search={search} />
          <People team={team} />
        </div>
      </div>
      <Suspense>{sharing && <ShareInsight open={sharing} onOpenChange={setSharing} />}</Suspense>
      <RssAddress open={feeding} onOpenChange={setFeeding} />
    </Page>
  )
}

function Answer() {
  const { data } = useQuery(insightTags(useApi()))
  const most = (data ?? []).slice(0, 3).map(({ tag }) => tag)
  return <p>{most.length === 0 ? "What your team has learned" : `What your team has learned, most of it about ${listed(most)}`}</p>
}

const TAGS = 16

/** What it is about, the most first. */
function Tags({ search }: { search: InsightSearch }) {
  const { data } = useQuery(insightTags(useApi()))
  if (!data || data.length === 0) return null
  return (
    <Section title="Tags">
      <ul className="flex flex-col" aria-label="Tags of all insights">
        {data.slice(0, TAGS).map(({ tag, insights }) => (
          <li key={tag}>
            <Link
              to="/insights"
              search={{ ...(search.sort ? { sort: search.sort } : {}), tag: [tag] }}
              className="-mx-2 flex min-h-7 items-center gap-2 rounded-md px-2 hover:bg-hover"
            >
              <span className="min-w-0 flex-1 truncate">{tag}</span>
              <span className="text-meta text-muted tabular-nums">{insights}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Whose to read, by name: nobody is ranked. */
function People({ team }: { team: string }) {
  const members = useInfiniteQuery(memberList(useApi(), team))
  const people = (members.data?.pages[0]?.items ?? []).toSorted((a, b) => a.username.localeCompare(b.username)).slice(0, 12)
  if (people.length < 2) return null
  return (
    <Section title="People">
      <ul className="flex flex-col" aria-label="Insights by person">
        {people.map(({ user_id: id, username }) => (
          <li key={id}>
            <Link to="/insights" search={{ user: [id] }} className="-mx-2 flex min-h-7 items-center rounded-md px-2 hover:bg-hover">
              <span className="truncate">{username}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
