import { Link } from "@tanstack/react-router"
import { GitCompareArrows, X } from "lucide-react"

import { useClashes } from "@/api/collisions"
import { Button } from "@/components/button"

import { markOf, undismissed, useDismissed } from "./dismissed"
import { noticeOf, type Notice } from "./wording"

const SHOWN = 3

/** What there is to say of a session, and how to be told it no more. */
function useNotice(id: string, me: string): { notice: Notice | null; dismiss: () => void } {
  const clashes = useClashes(id)
  const { dismissed, add } = useDismissed()
  const left = undismissed(id, clashes, dismissed)
  return { notice: noticeOf(left, me), dismiss: () => add(left.flatMap(({ path, others }) => others.map((other) => markOf(id, other.id, path)))) }
}

/** On a card, beside where it works. */
export function CardCollision({ id, me }: { id: string; me: string }) {
  const { notice, dismiss } = useNotice(id, me)
  if (!notice) return null
  return (
    <span className="ml-auto flex max-w-[70%] min-w-0 shrink-0 items-center gap-1 pl-2 font-sans text-text" data-testid="collision" data-collision>
      <GitCompareArrows aria-hidden size={12} strokeWidth={1.5} className="shrink-0 text-warning-ink" />
      <span className="truncate" data-tip={notice.detail}>
        {notice.short}
      </span>
      <button
        type="button"
        aria-label="Dismiss this notice"
        data-tip="Dismiss"
        onClick={dismiss}
        className="relative z-10 -my-1 flex size-6 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-text"
      >
        <X aria-hidden size={12} strokeWidth={1.5} />
      </button>
    </span>
  )
}

/** Where room is for a sign only. */
export function CollisionSign({ id, me }: { id: string; me: string }) {
  const { notice } = useNotice(id, me)
  if (!notice) return null
  return (
    <span className="shrink-0" data-tip={notice.detail} data-testid="collision">
      <GitCompareArrows aria-hidden size={12} strokeWidth={1.5} className="text-warning-ink" />
      <span className="sr-only">{notice.short}</span>
    </span>
  )
}

/** On a session's page: with the ways to the others' sessions. */
export function PageCollision({ id, me }: { id: string; me: string }) {
  const { notice, dismiss } = useNotice(id, me)
  if (!notice) return null
  return (
    <div className="mb-4 flex items-center gap-2 rounded-card border border-line bg-surface py-1.5 pr-1.5 pl-3" data-testid="collision">
      <GitCompareArrows aria-hidden size={16} strokeWidth={1.5} className="shrink-0 text-warning-ink" />
      <p className="flex min-w-0 flex-1 flex-wrap gap-x-3 gap-y-1 [overflow-wrap:anywhere]">
        <span data-tip={notice.detail}>{notice.full}</span>
        {notice.sessions.slice(0, SHOWN).map((session) => (
          <Link key={session.id} to="/sessions/$id" params={{ id: session.id }} className="text-accent-ink underline underline-offset-2">
            {session.name} session
          </Link>
        ))}
      </p>
      <Button look="ghost" square aria-label="Dismiss this notice" data-tip="Dismiss" onClick={dismiss}>
        <X aria-hidden size={16} strokeWidth={1.5} />
      </Button>
    </div>
  )
}
