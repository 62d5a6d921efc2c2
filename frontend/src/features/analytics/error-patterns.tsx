import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"

import { trendNumbers, type TrendAnswer } from "@/api/analytics"
import { useApi } from "@/api/context"
import { exact } from "@/lib/format/numbers"

import { ChartCard } from "./chart-card"
import type { NumberTable } from "./series"
import { Moment } from "./moment"
import { capital, useView } from "./view"

type Pattern = TrendAnswer["error_patterns"][number]

/** What fails again and again. */
export function ErrorPatterns() {
  const { query, bucket } = useView()
  const asked = useQuery(trendNumbers(useApi(), { ...query, metric: "tokens", bucket }))
  return (
    <ChartCard<Pattern[]>
      title="Common errors"
      definition="Failed tool calls by category and tool, in sessions that began in this time and that you may see: how often, in how many sessions, first and last. No text of a session is shown."
      file="errors"
      query={{ ...asked, data: asked.data?.error_patterns }}
      tall="h-40"
      empty={(all) => (all.length === 0 ? "No tool call is known to have failed in this time. Not every tool says of a failure what kind it is." : null)}
      table={patternTable}
    >
      {(all) => (
        <div className="max-h-80 overflow-auto" tabIndex={0} role="group" aria-label="Common errors, scrollable">
          <table className="w-full tabular-nums">
            <caption className="sr-only">Common errors</caption>
            <thead className="sticky top-0 bg-surface text-left text-meta text-muted">
              <tr>
                {["Category", "Tool", "Count", "Sessions", "First", "Last", "Example"].map((name) => (
                  <th key={name} scope="col" className="px-2 py-1 font-medium first:pl-0 last:pr-0">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {all.map((one) => (
                <tr key={`${one.category ?? ""} ${one.tool ?? ""}`} className="border-t border-line">
                  <th scope="row" className="py-1.5 pr-2 text-left font-normal">
                    {categoryName(one.category)}
                  </th>
                  <td className="px-2">{one.tool ?? "Not said"}</td>
                  <td className="px-2">{exact(one.count)}</td>
                  <td className="px-2">{exact(one.sessions)}</td>
                  <td className="px-2 whitespace-nowrap">
                    <Moment iso={one.first_seen_at} />
                  </td>
                  <td className="px-2 whitespace-nowrap">
                    <Moment iso={one.last_seen_at} />
                  </td>
                  <td className="whitespace-nowrap">{one.example_session_id === null ? "" : <Example id={one.example_session_id} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </ChartCard>
  )
}

function Example({ id }: { id: string }) {
  return (
    <Link to="/sessions/$id" params={{ id }} className="inline-flex min-h-6 items-center text-accent-ink hover:underline">
      Open session
    </Link>
  )
}

/** "exit_code" → "Exit code". */
function categoryName(category: string | null): string {
  if (category === null) return "Not said"
  return capital(category.replaceAll("_", " "))
}

function patternTable(patterns: readonly Pattern[]): NumberTable {
  return {
    head: ["Category", "Tool", "Count", "Sessions", "First seen", "Last seen"],
    units: [null, null, "count", "count", null, null],
    rows: patterns.map((one) => [categoryName(one.category), one.tool, one.count, one.sessions, one.first_seen_at, one.last_seen_at]),
  }
}
