import { useInfiniteQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { ArrowDown, ArrowUp, Lock } from "lucide-react"
import type { ReactNode } from "react"

import { sessionNumbers, type SessionRow } from "@/api/analytics"
import { useApi } from "@/api/context"
import { More } from "@/components/more"
import { Failure } from "@/components/notice"
import { Nothing, Section } from "@/components/section"
import { HealthPill } from "@/components/session/health"
import { shortModel, toolName } from "@/components/session/tools"
import { Skeleton } from "@/components/skeleton"
import { classes } from "@/lib/classes"
import { UNKNOWN } from "@/lib/format/numbers"

import { Moment } from "./moment"
import type { Sort } from "./search"
import { brief, full } from "./units"
import { useView } from "./view"

interface Column {
  label: string
  /** What the server can sort by. */
  key?: "tokens" | "cost" | "duration" | "health" | "started_at" | "last_activity_at"
  right?: boolean
  cell: (row: SessionRow) => ReactNode
}

const COLUMNS: readonly Column[] = [
  { label: "Session", cell: (row) => <Title row={row} /> },
  { label: "Person", cell: (row) => row.username },
  { label: "Tool", cell: (row) => toolName(row.tool) },
  { label: "Model", cell: (row) => (row.model === null ? UNKNOWN : <span data-tip={row.model}>{shortModel(row.model)}</span>) },
  { label: "Started", key: "started_at", cell: (row) => (row.started_at === null ? UNKNOWN : <Moment iso={row.started_at} />) },
  { label: "Last active", key: "last_activity_at", cell: (row) => (row.last_activity_at === null ? UNKNOWN : <Moment iso={row.last_activity_at} />) },
  { label: "Duration", key: "duration", right: true, cell: (row) => brief(row.duration_s, "duration") },
  { label: "Health", key: "health", right: true, cell: (row) => <Health row={row} /> },
  { label: "Tokens", key: "tokens", right: true, cell: (row) => <span data-tip={full(row.tokens.total, "tokens")}>{brief(row.tokens.total, "tokens")}</span> },
  { label: "Cost", key: "cost", right: true, cell: (row) => <span data-tip={full(row.cost_usd, "money")}>{brief(row.cost_usd, "money")}</span> },
  { label: "Errors", right: true, cell: (row) => brief(row.errors, "count") },
  { label: "Commits", right: true, cell: (row) => brief(row.commits, "count") },
]

const ORDINARY: Sort = "-tokens"

/** The sessions that the numbers are made of, as far as one may see them. */
export function SessionsTable() {
  const { search, query, change } = useView()
  const sort = search.sort ?? ORDINARY
  const asked = useInfiniteQuery(sessionNumbers(useApi(), { ...query, sort }))
  const rows = asked.data?.pages.flatMap((page) => page.items)
  return (
    <Section
      title="Sessions"
      definition="All sessions that began in this time or used tokens in it, as far as you may see them. Tokens and cost are those of this time alone. Others’ private sessions are never listed."
    >
      {rows === undefined && asked.error !== null && <Failure title="The sessions could not be loaded" error={asked.error} retry={() => void asked.refetch()} />}
      {rows === undefined && asked.error === null && (
        <div aria-busy="true">
          <Skeleton className="h-80" />
        </div>
      )}
      {rows?.length === 0 && <Nothing>No session that you may see did anything in this time.</Nothing>}
      {rows !== undefined && rows.length > 0 && (
        <>
          <div
            className={classes("overflow-x-auto", asked.isPlaceholderData && "opacity-60 transition-opacity")}
            aria-busy={asked.isPlaceholderData}
            tabIndex={0}
            role="group"
            aria-label="Sessions, scrollable"
          >
            <table className="w-full tabular-nums">
              <caption className="sr-only">Sessions</caption>
              <thead className="text-meta text-muted">
                <tr>
                  {COLUMNS.map((column) => (
                    <Head key={column.label} column={column} sort={sort} onSort={(next) => change({ sort: next === ORDINARY ? undefined : next })} />
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id} className="border-t border-line hover:bg-hover">
                    {COLUMNS.map((column, index) => (
                      <td key={column.label} className={classes("h-9 px-2 whitespace-nowrap first:pl-0 last:pr-0", column.right && "text-right", index === 0 && "max-w-72")}>
                        {column.cell(row)}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <More query={asked} label="Show more sessions" />
        </>
      )}
    </Section>
  )
}

function Head({ column: { label, key, right }, sort, onSort }: { column: Column; sort: Sort; onSort: (sort: Sort) => void }) {
  const cell = classes("px-2 py-1 font-medium whitespace-nowrap first:pl-0 last:pr-0", right ? "text-right" : "text-left")
  if (key === undefined) {
    return (
      <th scope="col" className={cell}>
        {label}
      </th>
    )
  }
  const isDown = sort === `-${key}`
  const isSorted = isDown || sort === key
  const Arrow = isDown ? ArrowDown : ArrowUp
  return (
    <th scope="col" aria-sort={isSorted ? (isDown ? "descending" : "ascending") : "none"} className={cell}>
      <button type="button" className={classes("inline-flex min-h-6 items-center gap-1 hover:text-text", isSorted && "text-text")} onClick={() => onSort(isDown ? key : `-${key}`)}>
        {label}
        {isSorted && <Arrow aria-hidden size={12} strokeWidth={2} />}
      </button>
    </th>
  )
}

function Title({ row }: { row: SessionRow }) {
  const name = row.title ?? row.project ?? row.repository ?? `Session ${row.id.slice(0, 8)}`
  return (
    <span className="flex min-w-40 items-center gap-1.5">
      {row.visibility === "private" && <Lock role="img" aria-label="Private: only you" size={12} strokeWidth={1.5} className="shrink-0 text-muted" />}
      <Link to="/sessions/$id" params={{ id: row.id }} data-tip={name} className="inline-flex min-h-6 min-w-0 items-center text-accent-ink hover:underline">
        <span className="truncate">{name}</span>
      </Link>
    </span>
  )
}

function Health({ row: { health_score: score, grade } }: { row: SessionRow }) {
  return score === null || grade === null ? UNKNOWN : <HealthPill reason={false} health={{ score, grade, top_reason: "" }} />
}
