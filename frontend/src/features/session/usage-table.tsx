import { useNow } from "@/lib/clock"
import { exact, exactMoney } from "@/lib/format/numbers"
import { at } from "@/lib/format/times"

import { KINDS, type Mark, type UsageBar } from "./usage"

const CELL = "px-2 py-1 text-right first:pl-0 last:pr-0"

export function UsageTable({ bars, marks }: { bars: readonly UsageBar[]; marks: readonly Mark[] }) {
  const now = useNow()
  const compacted = new Map(marks.map((mark) => [mark.from, mark.count]))
  return (
    <div className="max-h-72 overflow-auto" tabIndex={0} role="group" aria-label="Token use, scrollable">
      <table className="w-full tabular-nums">
        <caption className="sr-only">Token use over time</caption>
        <thead className="sticky top-0 bg-surface text-meta text-muted">
          <tr>
            <th scope="col" className={`${CELL} text-left font-medium`}>
              From
            </th>
            {KINDS.map(({ key, label }) => (
              <th key={key} scope="col" className={`${CELL} font-medium`}>
                {label}
              </th>
            ))}
            <th scope="col" className={`${CELL} font-medium`}>
              Context
            </th>
            <th scope="col" className={`${CELL} font-medium`}>
              Compactions
            </th>
            <th scope="col" className={`${CELL} font-medium`}>
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {bars.filter((bar) => bar.input !== null).map((bar) => (
            <tr key={bar.from} className="border-t border-line">
              <th scope="row" className={`${CELL} text-left font-normal whitespace-nowrap`}>
                {at(new Date(bar.from).toISOString(), now)}
              </th>
              {KINDS.map(({ key }) => (
                <td key={key} className={CELL}>
                  {exact(bar[key])}
                </td>
              ))}
              <td className={CELL}>{exact(bar.context_used)}</td>
              <td className={CELL}>{compacted.get(bar.from) ?? ""}</td>
              <td className={CELL}>{exactMoney(bar.cost_usd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
