import { useInfiniteQuery } from "@tanstack/react-query"
import {
  Bot, CircleX, FoldVertical, GitCommitHorizontal, GitPullRequest, MessageSquare, OctagonAlert, Square, Wrench, type LucideIcon,
} from "lucide-react"
import { useState } from "react"

import { useApi } from "@/api/context"
import { sessionTimeline } from "@/api/sessions"
import type { EventKind, TimelineEvent } from "@/api/types"
import { Button } from "@/components/button"
import { classes } from "@/lib/classes"
import { useNow } from "@/lib/clock"
import { compact, exact } from "@/lib/format/numbers"
import { at, instant, span } from "@/lib/format/times"

import { eventWords } from "./event-words"
import { Nothing, Part, Section } from "@/components/section"

const ICONS: Record<EventKind, LucideIcon> = {
  prompt: MessageSquare,
  answer: Bot,
  tool: Wrench,
  api_error: OctagonAlert,
  compaction: FoldVertical,
  commit: GitCommitHorizontal,
  pull_request: GitPullRequest,
  subagent: Bot,
  interrupt: Square,
}

const CHOICES: { kind: EventKind | undefined; label: string }[] = [
  { kind: undefined, label: "All" },
  { kind: "prompt", label: "Prompts" },
  { kind: "tool", label: "Tools" },
  { kind: "api_error", label: "API errors" },
  { kind: "compaction", label: "Compactions" },
  { kind: "commit", label: "Commits" },
]

/** What happened, newest first. */
export function Timeline({ id }: { id: string }) {
  const [kind, setKind] = useState<EventKind>()
  const events = useInfiniteQuery(sessionTimeline(useApi(), id, kind))
  return (
    <Section title="Timeline" flush>
      <div role="group" aria-label="Kind of event" className="flex flex-wrap gap-1 px-4 pb-2">
        {CHOICES.map((choice) => (
          <button
            key={choice.label}
            type="button"
            aria-pressed={kind === choice.kind}
            onClick={() => setKind(choice.kind)}
            className={classes("h-6 rounded-md px-2 text-meta", kind === choice.kind ? "bg-accent-soft text-accent-ink" : "text-muted hover:bg-hover")}
          >
            {choice.label}
          </button>
        ))}
      </div>
      <div className="px-4 pb-4">
        <Part query={events} failure="The timeline could not be loaded" lines={8}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items)
            if (items.length === 0) return <Nothing>{kind ? "Nothing of this kind happened." : "This tool records no steps."}</Nothing>
            return (
              <>
                <ol data-testid="timeline">
                  {items.map((event) => (
                    <Step key={event.id} event={event} />
                  ))}
                </ol>
                {events.hasNextPage && (
                  <Button className="mt-3" busy={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
                    Show earlier
                  </Button>
                )}
              </>
            )
          }}
        </Part>
      </div>
    </Section>
  )
}

function Step({ event }: { event: TimelineEvent }) {
  const now = useNow()
  const bad = event.outcome === "failed" || event.kind === "api_error"
  const Icon = bad ? CircleX : ICONS[event.kind]
  const { title, note } = eventWords(event)
  return (
    <li className="flex min-h-7 items-baseline gap-2.5 border-t border-line py-1 first:border-t-0">
      <Icon aria-hidden size={14} strokeWidth={1.5} className={classes("shrink-0 self-center", bad ? "text-critical" : "text-muted")} />
      <span className={classes("shrink-0 font-medium", event.lane && "pl-4")}>{title}</span>
      <span className="min-w-0 flex-1 truncate text-muted" data-tip={note || undefined}>
        {note}
      </span>
      {event.tokens != null && (
        <span className="hidden shrink-0 text-meta text-muted tabular-nums sm:inline" data-tip={`${exact(event.tokens)} tokens`}>
          {compact(event.tokens)} tok
        </span>
      )}
      {event.duration_ms != null && (
        <span className="hidden shrink-0 text-meta text-muted tabular-nums sm:inline" data-tip="How long it took">
          {event.duration_ms < 1000 ? `${event.duration_ms} ms` : span(event.duration_ms)}
        </span>
      )}
      <time dateTime={event.at} data-tip={instant(event.at)} className="shrink-0 text-meta text-muted tabular-nums">
        {at(event.at, now)}
      </time>
    </li>
  )
}
