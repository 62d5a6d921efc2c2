import { Link } from "@tanstack/react-router"
import { Lock, Pin } from "lucide-react"

import type { Session } from "@/api/types"
import { Avatar } from "@/components/avatar"
import { CollisionSign } from "@/components/collision/notice"
import { Age } from "@/components/session/age"
import { ContextBar } from "@/components/session/context-bar"
import { HealthEdge, HealthPill } from "@/components/session/health"
import { StatusMark } from "@/components/session/status-mark"
import { ToolMark } from "@/components/session/tool-mark"
import { titleOf } from "@/components/session/wording"

import { CardMenu } from "./card-menu"
import { usePins } from "./pins"

/** The card where room is short: in a column of its status. */
export function SessionTile({ session, me }: { session: Session; me: string }) {
  const { pinned } = usePins()
  return (
    <article
      data-testid="session-card"
      data-session-id={session.id}
      data-status={session.status}
      className="relative flex h-full flex-col justify-between rounded-card border border-line bg-surface py-2 pr-2 pl-3 transition-colors focus-within:border-accent hover:border-line-strong"
    >
      <HealthEdge health={session.health} ended={session.status === "ended"} />
      <div className="flex h-6 min-w-0 items-center gap-1.5">
        <h3 className="min-w-0 flex-1 font-semibold" data-tip={titleOf(session)}>
          <Link
            to="/sessions/$id"
            params={{ id: session.id }}
            data-card-link
            className="block truncate leading-6 after:absolute after:inset-0 after:rounded-card focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-accent"
          >
            {titleOf(session)}
          </Link>
        </h3>
        <CollisionSign id={session.id} me={me} />
        {pinned.has(session.id) && <Pin aria-label="Pinned" size={12} strokeWidth={1.5} className="shrink-0 text-muted" />}
        {session.visibility === "private" && <Lock aria-label="Private, only you" size={12} strokeWidth={1.5} className="shrink-0 text-muted" />}
        <CardMenu session={session} me={me} />
      </div>
      <div className="flex min-w-0 items-center gap-1.5 text-meta text-muted">
        <Avatar name={session.username} id={session.user_id} />
        <span className="truncate">{session.username}</span>
        <ToolMark tool={session.tool} />
        <span className="ml-auto shrink-0">
          <Age session={session} />
        </span>
      </div>
      <div className="flex min-w-0 items-center gap-1.5 text-meta" data-tip={session.status_reason ?? undefined}>
        <StatusMark session={session} me={me} />
        <span className="ml-auto flex shrink-0">
          <HealthPill health={session.health} reason={false} />
        </span>
      </div>
      <ContextBar tokens={session.tokens} />
    </article>
  )
}
