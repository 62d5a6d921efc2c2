import type { ReactNode } from "react"

import type { Session } from "@/api/types"
import { Changing } from "@/components/changing"
import { ranUntil } from "@/components/session/age"
import { ContextBar } from "@/components/session/context-bar"
import { Cost } from "@/components/session/cost"
import { GRADE_NAMES } from "@/components/session/health"
import { BASIS, provenanceMark, PROVENANCE } from "@/components/session/wording"
import { classes } from "@/lib/classes"
import { useNow } from "@/lib/clock"
import { compact, counted, exact, percent, UNKNOWN } from "@/lib/format/numbers"
import { at, between, instant } from "@/lib/format/times"

/** As much of a session as its figures need. */
export type Figured = Pick<
  Session,
  | "health" | "tokens" | "provenance" | "incomplete_calls" | "unpriced_models" | "cost_usd" | "cost_basis" | "model"
  | "status" | "started_at" | "last_activity_at" | "ended_at" | "updated_at"
>

const TONE = { good: "text-good-ink", warning: "text-warning-ink", critical: "text-critical-ink" } as const

/** The page's answer: five figures, each of which explains itself. */
export function Figures({ session }: { session: Figured }) {
  const { health, tokens } = session
  const share = percent(tokens.context_used, tokens.context_window)
  const mark = tokens.total === null ? null : provenanceMark(session)
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
      <Figure label="Health" tip="0 to 100, worked out from the factors below." note={health ? health.top_reason : "Not enough is recorded to say"}>
        <span className={health ? TONE[health.grade] : undefined}>
          <Changing text={health ? `${Math.round(health.score)}` : UNKNOWN} />
          {health && <span className="ml-2 text-prose font-medium">{GRADE_NAMES[health.grade]}</span>}
        </span>
      </Figure>
      <Figure label="Context in use" tip="How much of the model’s window the last call filled." note={<ContextBar tokens={tokens} tall />}>
        <Changing text={share === null ? UNKNOWN : `${share} %`} />
      </Figure>
      <Figure label="Tokens" tip="Input, output, cache reads and cache writes together." note={PROVENANCE[session.provenance]}>
        {mark && <span data-tip={mark.meaning} className="mr-1 text-prose text-muted">{mark.mark}</span>}
        <Changing text={compact(tokens.total)} tip={`${exact(tokens.total)} tokens`} />
      </Figure>
      <Figure label="Cost" tip={BASIS[session.cost_basis].meaning} note={costNote(session)}>
        <Cost session={session} />
      </Figure>
      <Duration session={session} />
    </dl>
  )
}

function Duration({ session }: { session: Figured }) {
  const now = useNow()
  const { started_at: from } = session
  if (from === null) {
    return (
      <Figure label="Duration" tip="From the first record to the last." note="This tool records no times">
        {UNKNOWN}
      </Figure>
    )
  }
  return (
    <Figure label="Duration" tip={`From the first record to the last.\nStarted ${instant(from)}`} note={`Started ${at(from, now)}`}>
      <span className="whitespace-nowrap">{between(from, ranUntil(session), now)}</span>
    </Figure>
  )
}

function Figure({ label, tip, note, children }: { label: string; tip: string; note: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1 rounded-card last:col-span-2 sm:last:col-span-1 border border-line bg-surface p-3">
      <dt tabIndex={0} data-tip={tip} className="w-fit cursor-help text-meta text-muted">
        {label}
      </dt>
      <dd className={classes("text-headline font-semibold tracking-tight tabular-nums")}>{children}</dd>
      <dd className="mt-auto line-clamp-2 text-meta text-muted">{note}</dd>
    </div>
  )
}

function costNote(session: Figured): string {
  if (session.unpriced_models.length > 0) {
    return `Without ${counted(session.unpriced_models.length, "model")} of unknown price: ${session.unpriced_models.join(", ")}`
  }
  return session.cost_usd === null ? "No price is known" : BASIS[session.cost_basis].short
}
