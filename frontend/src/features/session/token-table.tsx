import type { Session } from "@/api/types"
import { exact, percent } from "@/lib/format/numbers"

import { Section } from "@/components/section"

const KINDS = [
  { key: "input", name: "Input", tip: "Tokens sent that no cache had.", fill: "bg-series-1" },
  { key: "output", name: "Output", tip: "Tokens the model wrote, its reasoning included.", fill: "bg-series-2" },
  { key: "cache_read", name: "Cache read", tip: "Tokens sent that a cache had: far cheaper than input.", fill: "bg-series-3" },
  { key: "cache_write", name: "Cache write", tip: "Tokens put into a cache.", fill: "bg-series-4" },
] as const

/** Tokens by kind, exact, with each kind's share. */
export function TokenTable({ session }: { session: Pick<Session, "tokens"> }) {
  const { tokens } = session
  return (
    <Section title="Tokens" definition="Input never includes cached tokens; the total is the sum of these four.">
      <div aria-hidden className="mb-3 flex h-2 gap-px overflow-hidden rounded-full bg-track">
        {KINDS.map(({ key, fill }) => (
          <span key={key} className={fill} style={{ width: `${((tokens[key] ?? 0) / Math.max(tokens.total ?? 0, 1)) * 100}%` }} />
        ))}
      </div>
      <table className="w-full tabular-nums">
        <caption className="sr-only">Tokens by kind</caption>
        <tbody>
          {KINDS.map(({ key, name, tip, fill }) => (
            <tr key={key}>
              <th scope="row" className="py-0.5 text-left font-normal" data-tip={tip}>
                <span aria-hidden className={`mr-2 inline-block size-2 rounded-xs ${fill}`} />
                {name}
              </th>
              <td className="text-right">{exact(tokens[key])}</td>
              <td className="w-14 text-right text-muted">{share(tokens[key], tokens.total)}</td>
            </tr>
          ))}
          <tr className="border-t border-line font-medium">
            <th scope="row" className="py-1 text-left font-medium">
              Total
            </th>
            <td className="text-right">{exact(tokens.total)}</td>
            <td />
          </tr>
          <tr className="text-muted">
            <th scope="row" className="text-left font-normal" data-tip="Part of output. Not every tool records it.">
              of output, reasoning
            </th>
            <td className="text-right">{exact(tokens.reasoning)}</td>
            <td />
          </tr>
        </tbody>
      </table>
    </Section>
  )
}

function share(part: number | null, whole: number | null): string {
  const value = percent(part, whole)
  if (value === null) return ""
  return value === 0 && part ? "< 1 %" : `${value} %`
}
