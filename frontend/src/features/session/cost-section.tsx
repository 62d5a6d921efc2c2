import type { Session } from "@/api/types"
import { Nothing, Section } from "@/components/section"
import { BASIS, PROVENANCE, provenanceMark } from "@/components/session/wording"
import { counted, exact, exactMoney, money } from "@/lib/format/numbers"

/** What it cost: the sum, what kind of money that is, and how far it can be trusted. */
export function CostSection({ session }: { session: Session }) {
  const { cost_usd: cost, cost_basis: basis, provenance } = session
  const mark = provenanceMark(session)
  return (
    <Section title="Cost" definition={BASIS[basis].meaning} aside={cost !== null && <span className="text-body font-semibold text-text tabular-nums">{[mark?.mark, exactMoney(cost)].filter(Boolean).join(" ")}</span>}>
      {cost === null && (
        <div className="mb-2">
          <Nothing>No price is known for {session.unpriced_models.join(", ") || (session.model ?? "its model")}.</Nothing>
        </div>
      )}
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <dt className="text-muted">Basis</dt>
        <dd>{basis === "billed" ? "Billed by the vendor" : "API price: what these tokens would cost at public prices, or at the team’s own where it has set them"}</dd>
        <dt className="text-muted">Provenance</dt>
        <dd>{PROVENANCE[provenance]}</dd>
        {session.incomplete_calls > 0 && (
          <>
            <dt className="text-muted">At least</dt>
            <dd>{counted(session.incomplete_calls, "model call")} left only a lower bound of their output.</dd>
          </>
        )}
        {cost !== null && session.unpriced_models.length > 0 && (
          <>
            <dt className="text-muted">Without</dt>
            <dd>{session.unpriced_models.join(", ")}, of unknown price</dd>
          </>
        )}
        {cost !== null && (session.messages.user ?? 0) > 0 && (
          <>
            <dt className="text-muted" data-tip={`${exactMoney(cost)} over ${exact(session.messages.user)} prompts`}>
              Per prompt
            </dt>
            <dd className="tabular-nums">{money(cost / (session.messages.user ?? 1))}</dd>
          </>
        )}
      </dl>
    </Section>
  )
}
