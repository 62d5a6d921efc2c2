import type { Session } from "@/api/types"
import { Changing } from "@/components/changing"
import { exactMoney, money, UNKNOWN } from "@/lib/format/numbers"

import { BASIS, PROVENANCE, provenanceMark } from "./wording"

/** Money with what it is: "≈ $1.23" at API prices, "$1.23" billed, "—" when no price is known. */
type Priced = Pick<Session, "cost_usd" | "cost_basis" | "provenance" | "incomplete_calls" | "unpriced_models" | "model">

export function Cost({ session }: { session: Priced }) {
  const { cost_usd: cost, cost_basis: basis } = session
  if (cost === null) {
    const models = session.unpriced_models.join(", ") || (session.model ?? "this model")
    return <span data-tip={`No price is known for ${models}.`}>{UNKNOWN}</span>
  }
  const mark = provenanceMark(session)?.mark ?? (basis === "api_equivalent" ? "≈" : "")
  return (
    <Changing
      text={`${mark} ${money(cost)}`.trim()}
      tip={`${exactMoney(cost)}\n${BASIS[basis].meaning}\n${PROVENANCE[session.provenance]}`}
    />
  )
}
