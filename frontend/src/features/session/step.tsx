import { Link } from "@tanstack/react-router"
import {
  Bot, CircleX, FoldVertical, GitCommitHorizontal, GitPullRequest, MessageSquare, OctagonAlert, Sparkles, Square, Wrench, type LucideIcon,
} from "lucide-react"
import { memo } from "react"

import type { EventKind, TimelineEvent } from "@/api/types"
import { classes } from "@/lib/classes"
import { useNow } from "@/lib/clock"
import { compact, exact } from "@/lib/format/numbers"
import { at, instant, span } from "@/lib/format/times"

import { eventWords, isFault } from "./event-words"
import type { Lane, Track } from "./lanes"
import { sessionSearch } from "./search"

const ICONS: Record<EventKind, LucideIcon> = {
  prompt: MessageSquare,
  answer: Sparkles,
  tool: Wrench,
  api_error: OctagonAlert,
  compaction: FoldVertical,
  commit: GitCommitHorizontal,
  pull_request: GitPullRequest,
  subagent: Bot,
  interrupt: Square,
}
const COLUMN_PX = 14

interface StepProps {
  event: TimelineEvent
  index: number
  tracks: readonly Track[]
  columns: number
  /** Where an address leads to it; null where nobody may go there. */
  sessionId: string | null
  pointed: boolean
}

/** One step, one line: the lane it ran in, what it was, how long it took, when. */
export const Step = memo(function Step({ event, index, tracks, columns, sessionId, pointed }: StepProps) {
  const now = useNow()
  const fault = isFault(event)
  const Icon = fault ? CircleX : ICONS[event.kind]
  const { title, note } = eventWords(event)
  const lane = tracks.find((track) => track.lane.id === event.lane)?.lane
  return (
    <div
      aria-current={pointed ? "true" : undefined}
      className={classes("flex h-full items-center gap-2.5 border-t border-line px-4", pointed && "bg-accent-soft")}
    >
      {columns > 0 && <Gutter index={index} tracks={tracks} columns={columns} own={lane} />}
      <Icon aria-hidden size={14} strokeWidth={1.5} className={classes("shrink-0", fault ? "text-critical" : "text-muted")} />
      <span className={classes("max-w-[40%] shrink-0 truncate", event.kind === "prompt" ? "font-semibold" : "font-medium")}>{title}</span>
      {lane && (
        <span className="hidden shrink-0 text-meta text-muted md:inline">
          <span className="sr-only">in sub-agent </span>
          {lane.name}
        </span>
      )}
      <span className="min-w-0 flex-1 truncate text-muted" data-tip={note || undefined}>
        {note}
      </span>
      {event.tokens != null && event.kind !== "compaction" && (
        <span className="hidden shrink-0 text-meta text-muted tabular-nums sm:inline" data-tip={`${exact(event.tokens)} tokens`}>
          {compact(event.tokens)} tok
        </span>
      )}
      {event.duration_ms != null && (
        <span className="hidden w-16 shrink-0 text-right text-meta text-muted tabular-nums sm:inline" data-tip="How long it took">
          {event.duration_ms < 1000 ? `${event.duration_ms} ms` : span(event.duration_ms)}
        </span>
      )}
      {sessionId === null ? (
        <time dateTime={event.at} data-tip={instant(event.at)} className="shrink-0 text-meta text-muted tabular-nums">
          {at(event.at, now)}
        </time>
      ) : (
        <Link
          to="/sessions/$id"
          params={{ id: sessionId }}
          search={(held) => sessionSearch({ ...held, event: event.id })}
          replace
          resetScroll={false}
          preload={false}
          data-tip={`${instant(event.at)}\nPress for an address that leads here`}
          className="inline-flex min-h-6 shrink-0 items-center text-meta text-muted tabular-nums hover:text-accent-ink"
        >
          <time dateTime={event.at}>{at(event.at, now)}</time>
        </Link>
      )}
    </div>
  )
})

/** The lanes beside a row, as lines that run from their first step to their last. */
function Gutter({ index, tracks, columns, own }: Pick<StepProps, "index" | "tracks" | "columns"> & { own: Lane | undefined }) {
  const running = tracks.filter((track) => track.first <= index && index <= track.last)
  return (
    <span aria-hidden className="relative h-full shrink-0" style={{ width: columns * COLUMN_PX }}>
      {running.map(({ lane, first, last }) => (
        <span
          key={lane.id}
          data-lane={lane.name}
          className="absolute w-0.5 rounded-full"
          style={{
            background: lane.colour,
            left: (lane.column - 1) * COLUMN_PX + COLUMN_PX / 2 - 1,
            top: index === first ? "50%" : 0,
            bottom: index === last ? "50%" : 0,
          }}
        />
      ))}
      {own && (
        <span
          className="absolute size-2 -translate-y-1/2 rounded-full"
          style={{ background: own.colour, left: (own.column - 1) * COLUMN_PX + COLUMN_PX / 2 - 4, top: "50%" }}
        />
      )}
    </span>
  )
}
