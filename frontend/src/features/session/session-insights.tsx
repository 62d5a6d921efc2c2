import { useInfiniteQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { ArrowBigUp, MessageSquare } from "lucide-react"
import { lazy, Suspense, useState } from "react"

import { useApi } from "@/api/context"
import { useHiddenInsights, insightFeed } from "@/api/insights"
import type { Insight, Session, User } from "@/api/types"
import { Ago } from "@/components/ago"
import { Button } from "@/components/button"
import { TYPES } from "@/components/insight/kinds"
import { More } from "@/components/more"
import { Nothing, Part, Section } from "@/components/section"
import { titleOf } from "@/components/session/wording"
import { useCommands } from "@/lib/commands"

import { sessionSearch } from "./search"

const ShareInsight = lazy(() => import("@/components/insight/share-insight").then((module) => ({ default: module.ShareInsight })))
const route = getRouteApi("/app/sessions/$id")

/** What the team learned from this session, and the way to write more of it down. */
export function SessionInsights({ session, user }: { session: Session; user: User }) {
  const api = useApi()
  const { event } = sessionSearch({ ...route.useSearch() })
  const [sharing, setSharing] = useState(false)
  const insights = useInfiniteQuery({ ...insightFeed(api, { session_id: session.id, sort: "new" }), enabled: user.team_id !== null })
  const hidden = useHiddenInsights()
  const mayShare = user.role !== "viewer" && user.team_id !== null
  useCommands(mayShare ? [{ label: "Share an insight", note: "This session", run: () => setSharing(true) }] : [])
  if (user.team_id === null) return null
  const held = (insights.data?.pages.flatMap((page) => page.items) ?? []).filter((one) => !hidden.includes(one.id))
  return (
    <Section
      title="Insights"
      definition="What people learned from this session. An insight about a step of the timeline leads to that step."
      aside={
        mayShare && (
          <Button data-tip={event === undefined ? undefined : "About the step that is open in the timeline"} onClick={() => setSharing(true)}>
            Share an insight
          </Button>
        )
      }
    >
      <Part query={insights} failure="The insights could not be loaded">
        {() =>
          held.length === 0 ? (
            <Nothing>{mayShare ? "None yet. What did this session teach you?" : "None yet."}</Nothing>
          ) : (
            <>
              <ul aria-label="Insights of this session" className="divide-y divide-line">
                {held.map((insight) => (
                  <Line key={insight.id} insight={insight} />
                ))}
              </ul>
              <More query={insights} label="Show more insights" />
            </>
          )
        }
      </Part>
      <Suspense>
        {sharing && (
          <ShareInsight goThere open={sharing} onOpenChange={setSharing} about={{ session: { id: session.id, title: titleOf(session) }, moment: event ?? null }} />
        )}
      </Suspense>
    </Section>
  )
}

function Line({ insight }: { insight: Insight }) {
  const { icon: Icon, label } = TYPES[insight.type]
  return (
    <li className="flex items-start gap-2.5 py-2">
      <Icon aria-label={label} size={14} strokeWidth={1.75} className="mt-1 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <Link to="/insights/$id" params={{ id: insight.id }} className="font-medium break-words hover:text-accent-ink">
          {insight.title}
        </Link>
        <p className="flex flex-wrap items-center gap-x-3 text-meta text-muted">
          <span>
            {insight.username ?? "Detected"} · <Ago iso={insight.created_at} />
          </span>
          <span className="inline-flex items-center gap-1 tabular-nums">
            <ArrowBigUp aria-label="votes" size={12} strokeWidth={1.5} />
            {insight.upvotes}
          </span>
          <span className="inline-flex items-center gap-1 tabular-nums">
            <MessageSquare aria-label="comments" size={12} strokeWidth={1.5} />
            {insight.comments}
          </span>
        </p>
      </div>
    </li>
  )
}
