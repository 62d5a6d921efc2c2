import { memo } from "react"

import { useApi } from "@/api/context"
import type { Session, Status } from "@/api/types"
import { Avatar } from "@/components/avatar"
import { Age } from "@/components/session/age"
import { HealthEdge } from "@/components/session/health"
import { StatusIcon } from "@/components/session/status-mark"
import { statusWords, titleOf } from "@/components/session/wording"
import { classes } from "@/lib/classes"
import { useNow } from "@/lib/clock"
import { percent } from "@/lib/format/numbers"
import { useItem } from "@/lib/live/react"

import { wallName, type WallNames } from "./wall-names"

const LOUD: Record<Status, string> = {
  waiting: "border-warning bg-warning-soft text-warning-ink",
  error: "border-critical bg-critical-soft text-critical-ink",
  active: "border-line bg-surface text-good-ink",
  idle: "border-line bg-surface text-muted",
  ended: "border-line bg-surface text-muted",
}

/** One session in large type: what it does, what it is about, whose it is. */
export const WallCard = memo(function WallCard({ id, names }: { id: string; names: WallNames }) {
  const session = useItem(useApi().sessions, id)
  // What became private a moment ago leaves the wall at once, before it is arranged anew.
  return session && session.visibility !== "private" ? <Card session={{ ...session, username: wallName(session.username, names) }} faceless={names === "none"} /> : null
})

function Card({ session, faceless }: { session: Session; faceless: boolean }) {
  const now = useNow()
  const full = percent(session.tokens.context_used, session.tokens.context_window)
  return (
    <article
      data-testid="wall-card"
      data-session-id={session.id}
      data-status={session.status}
      className={classes("relative flex h-full flex-col justify-between rounded-card border py-[0.75em] pr-[1em] pl-[1.25em]", LOUD[session.status])}
    >
      <HealthEdge health={session.health} ended={false} />
      <p className="flex min-w-0 items-center gap-[0.5em] text-[1.1em] font-semibold [&_svg]:size-[1.1em]">
        <StatusIcon status={session.status} />
        <span className="shrink-0">{statusWords(session, null, now)}</span>
        <span className="min-w-0 truncate text-[0.8em] font-normal text-muted">{session.status_reason}</span>
        <span className="ml-auto shrink-0 text-[0.8em] font-normal text-muted">
          <Age session={session} />
        </span>
      </p>
      <h2 className="line-clamp-2 text-[1.25em] leading-[1.25] font-semibold text-text">{titleOf(session)}</h2>
      <p className="flex min-w-0 items-center gap-[0.5em] text-muted">
        {!faceless && (
          <>
            <Avatar name={session.username} id={session.user_id} />
            <span className="shrink-0 text-text">{session.username}</span>
          </>
        )}
        <span className="min-w-0 truncate font-mono text-[0.85em]">{session.repository ?? session.project}</span>
        {full !== null && full >= 70 && <span className={classes("ml-auto shrink-0", full >= 90 ? "text-critical-ink" : "text-warning-ink")}>context {full} %</span>}
      </p>
    </article>
  )
}
