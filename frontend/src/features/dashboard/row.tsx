import { Link } from "@tanstack/react-router"
import { Lock, Pin } from "lucide-react"

import type { Session } from "@/api/types"
import { Avatar } from "@/components/avatar"
import { CollisionSign } from "@/components/collision/notice"
import { ContextBar } from "@/components/session/context-bar"
import { Age } from "@/components/session/age"
import { Cost } from "@/components/session/cost"
import { DemoMark } from "@/components/session/demo-mark"
import { HealthEdge, HealthPill } from "@/components/session/health"
import { StatusMark } from "@/components/session/status-mark"
import { ToolMark } from "@/components/session/tool-mark"
import { shortModel } from "@/components/session/tools"
import { titleOf } from "@/components/session/wording"

import { CardMenu } from "./card-menu"
import { usePins } from "./pins"

/** The card as a line of a list: the same facts, the most of them that the width allows. */
export function SessionRow({ session, me }: { session: Session; me: string }) {
  const { pinned } = usePins()
  return (
    <article
      data-testid="session-card"
      data-session-id={session.id}
      data-status={session.status}
      className="relative flex h-full min-w-0 items-center gap-3 border-b border-line bg-surface pr-2 pl-4 hover:bg-hover"
    >
      <HealthEdge health={session.health} ended={session.status === "ended"} />
      <span className="w-28 shrink-0" data-tip={session.status_reason ?? undefined}>
        <StatusMark session={session} me={me} />
      </span>
      <h2 className="min-w-0 flex-[3] font-medium" data-tip={titleOf(session)}>
        <Link
          to="/sessions/$id"
          params={{ id: session.id }}
          data-card-link
          className="block min-h-6 truncate leading-6 after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {titleOf(session)}
        </Link>
      </h2>
      <CollisionSign id={session.id} me={me} />
      {session.demo && <DemoMark />}
      <span className="w-3 shrink-0 text-muted" data-tip={session.visibility === "private" ? "Private: nobody else can see this session." : undefined}>
        {session.visibility !== "private" && pinned.has(session.id) && <Pin aria-label="Pinned" size={12} strokeWidth={1.5} />}
        {session.visibility === "private" && <Lock aria-label="Private, only you" size={12} strokeWidth={1.5} />}
      </span>
      <span className="hidden w-24 min-w-0 shrink-0 items-center gap-1.5 text-muted sm:flex">
        <Avatar name={session.username} id={session.user_id} />
        <span className="truncate">{session.username}</span>
      </span>
      <span className="hidden w-36 min-w-0 shrink-0 items-center gap-1.5 text-muted lg:flex">
        <ToolMark tool={session.tool} />
        <span className="truncate font-mono text-meta">{session.model ? shortModel(session.model) : "—"}</span>
      </span>
      <span className="hidden min-w-0 flex-[2] truncate font-mono text-meta text-muted 2xl:block">
        {[session.repository ?? session.project, session.branch].filter(Boolean).join(" / ") || "—"}
      </span>
      <span className="hidden w-44 shrink-0 md:block">
        <ContextBar tokens={session.tokens} />
      </span>
      <span className="hidden w-24 min-w-0 shrink-0 lg:flex">
        <HealthPill health={session.health} reason={false} />
      </span>
      <span className="hidden w-16 shrink-0 text-right text-meta sm:block">
        <Cost session={session} />
      </span>
      <span className="w-18 shrink-0 text-right text-meta text-muted">
        <Age session={session} />
      </span>
      <CardMenu session={session} me={me} />
    </article>
  )
}
