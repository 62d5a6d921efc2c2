import { ArrowBigUp } from "lucide-react"

import { useUser } from "@/api/context"
import { useVote } from "@/api/insights"
import type { Insight } from "@/api/types"
import { Changing } from "@/components/changing"
import { sentence } from "@/components/form"
import { useToast } from "@/components/toasts"
import { classes } from "@/lib/classes"
import { counted } from "@/lib/format/numbers"

/** One vote a person; a second press takes it back. */
export function UpvoteButton({ insight }: { insight: Insight }) {
  const { role } = useUser()
  const vote = useVote(insight.id)
  const say = useToast()
  const reads = role === "viewer"
  const press = () => vote.mutate(!insight.voted, { onError: (error) => say(`Your vote was not taken. ${sentence(error)}`) })
  const tip = reads ? "Viewers read; members vote." : insight.voted ? "Take your vote back" : "It helps: vote for it"
  return (
    <button
      type="button"
      data-testid="upvote"
      aria-pressed={insight.voted}
      aria-disabled={reads || undefined}
      aria-label={`Upvote, ${counted(insight.upvotes, "vote")}`}
      data-tip={tip}
      onClick={reads ? undefined : press}
      className={classes(
        "inline-flex h-12 w-11 shrink-0 flex-col items-center justify-center rounded-md border transition-colors aria-disabled:cursor-not-allowed",
        insight.voted ? "border-accent bg-accent-soft text-accent-ink" : "border-line text-muted",
        !reads && !insight.voted && "hover:border-line-strong hover:text-text",
      )}
    >
      <ArrowBigUp aria-hidden size={16} strokeWidth={1.5} className={classes(insight.voted && "fill-current")} />
      <Changing text={String(insight.upvotes)} className="text-body font-semibold" />
    </button>
  )
}
