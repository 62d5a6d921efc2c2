import { Link } from "@tanstack/react-router"
import { GitBranch, Globe, Lock, Users } from "lucide-react"

import type { Session, User } from "@/api/types"
import { Ago } from "@/components/ago"
import { Avatar } from "@/components/avatar"
import { Button } from "@/components/button"
import { DemoMark } from "@/components/session/demo-mark"
import { useSharing } from "@/components/session/sharing"
import { StatusMark } from "@/components/session/status-mark"
import { ToolMark } from "@/components/session/tool-mark"
import { toolName } from "@/components/session/tools"
import { lastSeen } from "@/components/session/wording"

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const

export function Header({ session, me }: { session: Session; me: string }) {
  const where = session.repository ?? session.project
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 pb-4 text-muted" data-testid="session-header" data-status={session.status}>
      <StatusMark session={session} me={me} />
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
              <GitBranch aria-label="branch" size={12} strokeWidth={1.5} />
              {session.branch}
            </>
          )}
        </span>
      )}
      <Visibility session={session} />
      <span>
        active <Ago iso={lastSeen(session)} />
      </span>
      {session.demo && <DemoMark />}
    </div>
  )
}

function Visibility({ session }: { session: Session }) {
  const shown = {
    private: { icon: <Lock {...ICON} size={12} />, text: "Only you", tip: "Nobody else can see this session." },
    team: { icon: <Users {...ICON} size={12} />, text: "Team", tip: "Everybody in your team can see this session." },
    public: { icon: <Globe {...ICON} size={12} />, text: "Public link", tip: "Anybody with the link can see this session." },
  }[session.visibility]
  return (
    <span data-tip={shown.tip} data-testid="visibility" data-visibility={session.visibility} className="inline-flex items-center gap-1">
      {shown.icon}
      {shown.text}
    </span>
  )
}

export function ShareActions({ session, user }: { session: Session; user: User }) {
  const sharing = useSharing(session, user)
  return (
    <>
      {sharing.canShare && (
        <Button look="primary" busy={sharing.busy} onClick={() => sharing.set("team")}>
          <Users {...ICON} />
          Share with team
        </Button>
      )}
      {sharing.canHide && (
        <Button busy={sharing.busy} onClick={() => sharing.set("private")}>
          <Lock {...ICON} />
          Make private
        </Button>
      )}
    </>
  )
}
