import { useQuery } from "@tanstack/react-query"
import { Globe, Lock, Users } from "lucide-react"
import { useState, type ReactNode } from "react"

import { useApi } from "@/api/context"
import { teamDetail } from "@/api/team"
import type { Session, User } from "@/api/types"
import { Dialog } from "@/components/dialog"
import { instant } from "@/lib/format/times"

const ICON = { "aria-hidden": true, size: 12, strokeWidth: 1.5 } as const

const SHORT: Record<Session["visibility"], { icon: ReactNode; mine: string; others: string }> = {
  private: { icon: <Lock {...ICON} />, mine: "Only you", others: "Its owner" },
  team: { icon: <Users {...ICON} />, mine: "Team", others: "Team" },
  public: { icon: <Globe {...ICON} />, mine: "Public link", others: "Public link" },
}

/** Who sees the session, in two words; pressed, in full. */
export function WhoCanSee({ session, user, children }: { session: Session; user: User; children?: ReactNode }) {
  const [open, setOpen] = useState(false)
  const { icon, mine, others } = SHORT[session.visibility]
  return (
    <>
      <button
        type="button"
        data-testid="visibility"
        data-visibility={session.visibility}
        data-tip="Who can see this"
        onClick={() => setOpen(true)}
        className="inline-flex min-h-6 items-center gap-1 underline decoration-line-strong decoration-dotted underline-offset-4 hover:text-text"
      >
        {icon}
        {session.user_id === user.id ? mine : others}
      </button>
      <Dialog open={open} onOpenChange={setOpen} title="Who can see this">
        <Explained session={session} user={user} />
        {children}
      </Dialog>
    </>
  )
}

function Explained({ session, user }: { session: Session; user: User }) {
  const team = useQuery(teamDetail(useApi(), session.team_id))
  const owner = session.user_id === user.id ? "you" : session.username
  const name = team.data?.name ?? "the team"
  const lines = {
    private: [`Only ${owner}. Nobody else sees it: not in lists, not in live updates, not in the audit log; admins do not either.`, "Its tokens and cost count in the team’s totals, without a name."],
    team: [`Everybody in ${name}, viewers included: title, numbers, timeline, files and commits, as far as its machine reports them.`, `Only ${owner} and admins may change, hide or delete it.`],
    public: [`Everybody in ${name}, and whoever has its link, without signing in: a page to read, nothing to press.`, `Only ${owner} and admins may change, hide or delete it.`],
  }[session.visibility]
  return (
    <div className="flex flex-col gap-2 text-prose">
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {session.shared_at !== null && session.visibility !== "private" && <p className="text-body text-muted">Shared {instant(session.shared_at)}.</p>}
    </div>
  )
}
