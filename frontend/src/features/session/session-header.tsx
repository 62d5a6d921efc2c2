import { Link } from "@tanstack/react-router"
import { GitBranch } from "lucide-react"

import type { Session, User } from "@/api/types"
import { Ago } from "@/components/ago"
import { Avatar } from "@/components/avatar"
import { DemoMark } from "@/components/session/demo-mark"
import { StatusMark } from "@/components/session/status-mark"
import { ToolMark } from "@/components/session/tool-mark"
import { toolName } from "@/components/session/tools"
import { lastSeen } from "@/components/session/wording"

import { Lookers } from "./lookers"
import { PublicLinks } from "./public-links"
import { WhoCanSee } from "./who-can-see"

/** What it is doing, whose it is, with what and where, and who can see it. The title and what can be done stand above. */
export function SessionHeader({ session, user }: { session: Session; user: User }) {
  const where = session.repository ?? session.project
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 pb-4 text-muted" data-testid="session-header" data-status={session.status}>
      <StatusMark session={session} me={user.id} />
      {session.status_reason && session.status !== "ended" && <span>{session.status_reason}</span>}
      <Link to="/" search={{ user: [session.user_id] }} className="inline-flex items-center gap-1.5 hover:text-text">
        <Avatar name={session.username} id={session.user_id} />
        {session.username}
      </Link>
      <span className="inline-flex items-center gap-1.5">
        <ToolMark tool={session.tool} />
        {toolName(session.tool)}
      </span>
      {session.model && <span className="font-mono text-meta">{session.model}</span>}
      {(where ?? session.branch) && (
        <span className="inline-flex min-w-0 items-center gap-1 font-mono text-meta">
          {where}
          {session.branch && (
            <>
              <GitBranch aria-label="branch" size={12} strokeWidth={1.5} className="shrink-0" />
              <span className="min-w-0 truncate">{session.branch}</span>
            </>
          )}
        </span>
      )}
      <WhoCanSee session={session} user={user}>
        <PublicLinks session={session} user={user} />
      </WhoCanSee>
      <span>
        active <Ago iso={lastSeen(session)} />
      </span>
      {session.demo && <DemoMark />}
      <Lookers id={session.id} />
    </div>
  )
}
