import type { TeamNumbers } from "@/api/analytics"
import { counted } from "@/lib/format/numbers"

import { changeOf } from "./figures"
import { brief } from "./units"
import { useView } from "./view"

/** The page in one line. */
export function AnalyticsAnswer({ numbers }: { numbers: TeamNumbers }) {
  const { search } = useView()
  const { tokens, cost_usd: cost, sessions, previous } = numbers
  const parts = [
    tokens.total !== null && `${brief(tokens.total, "tokens")} tokens`,
    cost !== null && `${brief(cost, "money")} at API price`,
    counted(sessions, "session"),
    search.compare !== "off" && changeWords(tokens.total, previous.tokens.total),
  ].filter(Boolean)
  return <p>{parts.join(" · ")}</p>
}

function changeWords(now: number | null, before: number | null): string {
  const change = changeOf(now, before)
  if (change === null || change.direction === "same" || before === 0) return ""
  return change.text.includes("times") ? `${change.text} the tokens of before` : `${change.text} ${change.direction === "up" ? "more" : "fewer"} tokens than before`
}
