import { Link } from "@tanstack/react-router"

import type { InsightEvidence, Insight, User } from "@/api/types"
import { Button } from "@/components/button"
import { mayDecide, useDeciding } from "@/components/insight/actions"
import { exact } from "@/lib/format/numbers"

/** Why a rule says so: its statistic, the numbers, and those of the sessions that the reader may see. */
export function Evidence({ evidence }: { evidence: InsightEvidence }) {
  const numbers = Object.entries(evidence.numbers)
  return (
    <section aria-label="Evidence" className="rounded-md border border-line bg-canvas p-3">
      <p className="text-body">{evidence.explanation}</p>
      {numbers.length > 0 && (
        <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-2">
          {numbers.map(([name, value]) => (
            <div key={name}>
              <dt className="text-meta text-muted">{named(name)}</dt>
              <dd className="font-semibold tabular-nums">{figure(name, value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {evidence.sessions.length > 0 && (
        <p className="mt-2 text-meta text-muted">
          Seen in{" "}
          {evidence.sessions.map((session, index) => (
            <span key={session.id}>
              {index > 0 && ", "}
              <Link to="/sessions/$id" params={{ id: session.id }} className="text-accent-ink underline underline-offset-2">
                {session.title ?? "a session"}
              </Link>
            </span>
          ))}
        </p>
      )}
      <p className="mt-2 text-meta text-muted" data-tip={`Rule: ${evidence.rule}`} tabIndex={0}>
        {evidence.statistic}
      </p>
    </section>
  )
}

/** What a member does with something that nobody wrote. */
export function Decision({ insight, user }: { insight: Insight; user: User }) {
  const { move, busy } = useDeciding(insight)
  if (insight.origin !== "detected" || insight.state !== "proposed" || !mayDecide(insight, user)) return null
  return (
    <div className="flex flex-wrap gap-2">
      <Button busy={busy} onClick={() => move("accepted")} aria-label={`Accept ${insight.title}`}>
        Accept
      </Button>
      <Button look="ghost" busy={busy} onClick={() => move("retired")} data-tip="It is set aside, and not found again" aria-label={`Dismiss ${insight.title}`}>
        Dismiss
      </Button>
    </div>
  )
}

function named(name: string): string {
  const words = name.replaceAll("_", " ")
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** Shares are said in percent. */
function figure(name: string, value: number): string {
  if (/share|rate|ratio/.test(name) && value >= 0 && value <= 1) return `${exact(Math.round(value * 1_000) / 10)} %`
  return exact(value)
}
