import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router"
import { ArrowLeft, SearchX } from "lucide-react"

import { useApi, useUser } from "@/api/context"
import { useHiddenInsights, insightDetail } from "@/api/insights"
import { Problem } from "@/api/problem"
import type { Insight, User } from "@/api/types"
import { buttonClasses } from "@/components/button"
import { Byline, Tags } from "@/components/insight/byline"
import { OriginMark, StateMark, TypeMark } from "@/components/insight/kinds"
import { UpvoteButton } from "@/components/insight/upvote-button"
import { Markdown } from "@/components/markdown"
import { Empty, Failure } from "@/components/notice"
import { Page } from "@/components/page"
import { Loading, Skeleton } from "@/components/skeleton"
import { useShortcuts } from "@/lib/keys"

import { CommentThread } from "./comment-thread"
import { Decision, Evidence } from "./evidence"
import { InsightMenu } from "./insight-menu"

const route = getRouteApi("/app/insights/$id")

/** One insight in full, with what people say of it. */
export function InsightPage() {
  const { id } = route.useParams()
  const user = useUser()
  const insight = useQuery(insightDetail(useApi(), id))
  const hidden = useHiddenInsights()
  const navigate = useNavigate()
  const back = () => void navigate({ to: "/insights" })
  useShortcuts([{ keys: "Escape", label: "Back to the insights", run: back }])
  const refused = insight.error instanceof Problem && [403, 404, 422].includes(insight.error.status)
  if (refused || hidden.includes(id)) return <Missing />
  if (insight.data) return <Whole insight={insight.data} user={user} onDeleted={back} />
  return (
    <Page below={ABOVE} title="Insight">
      {insight.isError ? <Failure title="The insight could not be loaded" error={insight.error} retry={() => void insight.refetch()} /> : <Outline />}
    </Page>
  )
}

const ABOVE = { to: "/insights", label: "Insights" } as const

function Whole({ insight, user, onDeleted }: { insight: Insight; user: User; onDeleted: () => void }) {
  return (
    <Page below={ABOVE} title={insight.title}>
      <div className="flex w-full max-w-3xl flex-col gap-4 pb-8" data-testid="insight" data-insight-id={insight.id} data-state={insight.state}>
        <article aria-label={insight.title} className="flex gap-3 rounded-card border border-line bg-surface p-3 sm:gap-4 sm:p-4">
          <UpvoteButton insight={insight} />
          <div className="flex min-w-0 flex-1 flex-col gap-3">
            <div className="flex items-center gap-2">
              <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-0.5 text-meta">
                <TypeMark type={insight.type} />
                <OriginMark insight={insight} />
                <StateMark state={insight.state} always />
              </div>
              <InsightMenu insight={insight} user={user} onDeleted={onDeleted} />
            </div>
            <p aria-hidden className="text-title font-semibold break-words sm:hidden">
              {insight.title}
            </p>
            <Markdown text={insight.content} heading={2} />
            {insight.evidence && <Evidence evidence={insight.evidence} />}
            <Decision insight={insight} user={user} />
            <Tags tags={insight.tags} />
            <footer className="flex flex-wrap items-center gap-x-4 gap-y-1 text-meta text-muted">
              <Byline insight={insight} />
            </footer>
          </div>
        </article>
        <CommentThread insight={insight} user={user} />
      </div>
    </Page>
  )
}

function Missing() {
  return (
    <Page below={ABOVE} title="Insight">
      <Empty
        title="There is no insight here that you may see"
        icon={<SearchX aria-hidden size={24} strokeWidth={1.5} />}
        action={
          <Link to="/insights" className={buttonClasses()}>
            <ArrowLeft aria-hidden size={16} strokeWidth={1.5} />
            Insights
          </Link>
        }
      >
        It was deleted, it is another team’s, or the address is wrong.
      </Empty>
    </Page>
  )
}

function Outline() {
  return (
    <>
      <Loading label="Loading the insight" />
      <Skeleton className="h-64 max-w-3xl rounded-card" />
      <Skeleton className="mt-4 h-40 max-w-3xl rounded-card" />
    </>
  )
}
