import { counted, exact, exactMoney, percent } from "@/lib/format/numbers"
import { instant } from "@/lib/format/times"

import { contextOf, sumOf, type Kind, type Mark, type UsageBar } from "./usage"

interface ExplainedProps {
  bar: UsageBar
  kinds: readonly { key: Kind; label: string; colour: string }[]
  window: number | null
  mark: Mark | undefined
}

/** All kinds at that time, the largest first, with their share; the context; what it cost. */
export function Explained({ bar, kinds, window, mark }: ExplainedProps) {
  const sum = sumOf(bar, kinds.map((kind) => kind.key))
  const sorted = [...kinds].sort((a, b) => (bar[b.key] ?? 0) - (bar[a.key] ?? 0))
  const share = contextOf(bar, window)
  return (
    <div className="rounded-md border border-line bg-raised px-3 py-2 text-meta tabular-nums shadow-floating">
      <p className="mb-1 text-muted">
        {instant(new Date(bar.from).toISOString())}
        {bar.open && ", still running"}
      </p>
      {sorted.map(({ key, label, colour }) => (
        <p key={key} className="flex items-center gap-2">
          <span aria-hidden className="size-2 rounded-xs" style={{ background: colour }} />
          {label}
          <span className="ml-auto pl-4">{exact(bar[key])}</span>
          <span className="w-10 text-right text-muted">{percent(bar[key], sum) ?? 0} %</span>
        </p>
      ))}
      <p className="mt-1 border-t border-line pt-1 text-muted">
        Context {exact(bar.context_used)}
        {window !== null && share !== null && ` (${share} %)`} · {exactMoney(bar.cost_usd)} API price
      </p>
      {mark && <p className="text-muted">Context compacted {counted(mark.count, "time")}</p>}
    </div>
  )
}
