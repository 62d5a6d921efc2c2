import { Link } from "@tanstack/react-router"
import { MessageSquare } from "lucide-react"
import { useMemo } from "react"

import type { Insight, User } from "@/api/types"
import { Changing } from "@/components/changing"
import { Byline, Tags } from "@/components/insight/byline"
import { OriginMark, StateMark, TypeMark } from "@/components/insight/kinds"
import { UpvoteButton } from "@/components/insight/upvote-button"
import { beginning } from "@/components/insight/words"
import { Markdown } from "@/components/markdown"
import { counted } from "@/lib/format/numbers"

import { Decision, Evidence } from "./evidence"
import { InsightMenu } from "./insight-menu"

/** One insight of the feed: what kind it is, what it says, who says so, and what others think of it. */
export function InsightCard({ insight, user }: { insight: Insight; user: User }) {
  const { text, whole } = useMemo(() => beginning(insight.content), [insight.content])
  const way = { to: "/insights/$id", params: { id: insight.id } } as const
  return (
    <article
      data-testid="insight-card"
      data-insight-id={insight.id}
      data-state={insight.state}
      aria-label={insight.title}
      className="flex gap-3 rounded-card border border-line bg-surface p-3 sm:gap-4 sm:p-4"
    >
      <UpvoteButton insight={insight} />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <div className="flex items-start gap-2">
          <div className="flex min-w-0 flex-1 flex-col gap-0.5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-meta">
              <TypeMark type={insight.type} />
              <OriginMark insight={insight} />
              <StateMark state={insight.state} />
            </div>
            <h2 className="text-title font-semibold break-words">
              <Link {...way} data-insight-link className="hover:text-accent-ink">
                {insight.title}
              </Link>
            </h2>
          </div>
          <InsightMenu insight={insight} user={user} />
        </div>
        <Markdown text={text} heading={3} />
        {!whole && (
          <p>
            <Link {...way} aria-label={`Read on: ${insight.title}`} className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-2">
              Read on
            </Link>
          </p>
        )}
        {insight.evidence && <Evidence evidence={insight.evidence} />}
        <Decision insight={insight} user={user} />
        <Tags tags={insight.tags} />
        <footer className="flex flex-wrap items-center gap-x-4 gap-y-1 text-meta text-muted">
          <Byline insight={insight} />
          <Link {...way} hash="comments" className="inline-flex min-h-6 items-center gap-1.5 hover:text-text">
            <MessageSquare aria-hidden size={14} strokeWidth={1.5} />
            <Changing text={counted(insight.comments, "comment")} />
          </Link>
        </footer>
      </div>
    </article>
  )
}
