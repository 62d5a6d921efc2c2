import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { Lightbulb, SearchX } from "lucide-react"
import { useRef, type RefObject } from "react"

import { useApi } from "@/api/context"
import { useFreshInsights, useHiddenInsights, insightFeed, readFeedAnew } from "@/api/insights"
import type { User } from "@/api/types"
import { Button, buttonClasses } from "@/components/button"
import { Endless } from "@/components/endless"
import { NewsPill } from "@/components/news-pill"
import { Empty, Failure } from "@/components/notice"
import { scrollerOf } from "@/components/scroll-box"
import { Loading, Skeleton } from "@/components/skeleton"
import { useShortcuts } from "@/lib/keys"

import { InsightCard } from "./insight-card"
import { isNarrowed, queryOf, unnarrowed, type InsightSearch } from "./search"

interface InsightFeedProps {
  user: User
  search: InsightSearch
  /** Null for who only reads. */
  onShare: (() => void) | null
}

/** The insights in the order asked for, as far as one reads. What is new meanwhile waits in a pill. */
export function InsightFeed({ user, search, onShare }: InsightFeedProps) {
  const api = useApi()
  const queries = useQueryClient()
  const list = useRef<HTMLUListElement>(null)
  const feed = useInfiniteQuery(insightFeed(api, queryOf(search)))
  const hidden = useHiddenInsights()
  const fresh = useFreshInsights()
  const held = (feed.data?.pages.flatMap((page) => page.items) ?? []).filter((one) => !hidden.includes(one.id))
  const news = fresh.filter((id) => !held.some((one) => one.id === id) && !hidden.includes(id))
  const isOnItsWay = held.length === 0 && feed.isFetching
  useWalk(list)
  const readAnew = () => {
    scrollerOf(list.current)?.scrollTo({ top: 0 })
    readFeedAnew(queries)
  }
  return (
    <div className="min-w-0" aria-busy={feed.isFetching}>
      <NewsPill text={news.length > 0 && !isOnItsWay ? `${news.length} new` : ""} onPress={readAnew} />
      {!feed.data && feed.error && <Failure title="The insights could not be loaded" error={feed.error} retry={() => void feed.refetch()} />}
      {!feed.data && !feed.error && <Waiting />}
      {feed.data && held.length === 0 && !feed.hasNextPage && <NothingHere search={search} onShare={onShare} />}
      <ul ref={list} aria-label="Insights" className="flex flex-col gap-3">
        {held.map((insight) => (
          <li key={insight.id}>
            <InsightCard insight={insight} user={user} />
          </li>
        ))}
      </ul>
      <Endless query={feed} label="Show more insights" />
    </div>
  )
}

function NothingHere({ search, onShare }: Pick<InsightFeedProps, "search" | "onShare">) {
  const icon = { "aria-hidden": true, size: 24, strokeWidth: 1.5 } as const
  if (isNarrowed(search)) {
    return (
      <Empty
        title="No insight matches this filter"
        icon={<SearchX {...icon} />}
        action={
          <Link to="/insights" search={unnarrowed(search)} className={buttonClasses()}>
            Clear the filter
          </Link>
        }
      >
        Retired ones are shown only where “State” asks for them.
      </Empty>
    )
  }
  return (
    <Empty
      title="Nothing is written down yet"
      icon={<Lightbulb {...icon} />}
      action={
        onShare && (
          <Button look="primary" onClick={onShare}>
            Share an insight
          </Button>
        )
      }
    >
      What made a session go well, or badly? Write it down for your team: a prompt that helps, a habit that costs, a setting to change. What keeps happening in
      your team’s sessions is found here by itself, once there are enough of them.
    </Empty>
  )
}

/** `j` and `k` move the focus over the insights; Enter opens the one that has it. */
function useWalk(list: RefObject<HTMLElement | null>): void {
  const go = (step: number) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>("[data-insight-link]") ?? [])]
    const at = links.findIndex((link) => link.closest("li")?.contains(document.activeElement))
    links[Math.min(Math.max(at < 0 && step < 0 ? 0 : at + step, 0), links.length - 1)]?.focus()
  }
  useShortcuts([
    { keys: "j", label: "Next insight", run: () => go(1) },
    { keys: "k", label: "Previous insight", run: () => go(-1) },
    { keys: "Escape", label: "Leave the list", run: () => (document.activeElement as HTMLElement | null)?.blur() },
  ])
}

function Waiting() {
  return (
    <>
      <Loading label="Loading insights" />
      <div className="flex flex-col gap-3">
        {Array.from({ length: 4 }, (_, index) => (
          <Skeleton key={index} className="h-44 rounded-card" />
        ))}
      </div>
    </>
  )
}
