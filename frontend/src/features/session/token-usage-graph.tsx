import { useQuery } from "@tanstack/react-query"
import { lazy, Suspense, useMemo, useState } from "react"

import { useApi } from "@/api/context"
import { newestSteps, sessionUsage } from "@/api/sessions"
import type { Session } from "@/api/types"
import { Button } from "@/components/button"
import { Nothing, Part, Section } from "@/components/section"
import { Skeleton } from "@/components/skeleton"
import { classes } from "@/lib/classes"
import { useNow } from "@/lib/clock"
import { saveFile } from "@/lib/save-file"

import { KINDS, marksOf, prepareUsage, usageCsv, type Kind, type UsageBar } from "./usage"
import { UsageTable } from "./usage-table"

// The drawing library is larger than the rest of the page: it comes when there is something to draw.
const UsageChart = lazy(() => import("./usage-chart"))
const COMPACTIONS = ["compaction"] as const
type Series = Kind | "context"
const CONTEXT = { key: "context", label: "Context in use", colour: "var(--series-5)" } as const
const DEFINITION =
  "Tokens of each stretch of time by kind, counted once per model call, and how full the model’s window was at its end. " +
  "A dashed line is a compaction; a bar of the time that still runs is hatched."

/** What the session used when, how full its context was, and where it was compacted. */
export function TokenUsageGraph({ session }: { session: Session }) {
  const api = useApi()
  const usage = useQuery(sessionUsage(api, session.id))
  const compactions = useQuery(newestSteps(api, session.id, COMPACTIONS))
  const now = useNow()
  const { data } = usage
  const bars = useMemo(() => (data ? prepareUsage(data.items, now) : []), [data, now])
  const marks = useMemo(() => marksOf(bars, compactions.data?.items ?? []), [bars, compactions.data])
  const [table, setTable] = useState(false)
  const [hidden, setHidden] = useState<readonly Series[]>([])
  const toggle = (one: Series) => setHidden(hidden.includes(one) ? hidden.filter((each) => each !== one) : [...hidden, one])
  const known = bars.some((bar) => bar.context_used !== null)
  return (
    <Section
      title="Token use over time"
      definition={DEFINITION}
      aside={bars.length > 0 && <Actions id={session.id} bars={bars} table={table} onTable={() => setTable(!table)} />}
    >
      <Part query={usage} failure="The token use could not be loaded" lines={8}>
        {() =>
          bars.length === 0 ? (
            <Nothing>No tokens are recorded: nothing was asked yet, or this tool does not count them over time.</Nothing>
          ) : (
            <>
              <Legend series={known ? [...KINDS, CONTEXT] : KINDS} hidden={hidden} marked={marks.length > 0} onToggle={toggle} />
              {table ? (
                <UsageTable bars={bars} marks={marks} />
              ) : (
                <Suspense fallback={<Skeleton className={known ? "h-95" : "h-57"} />}>
                  <UsageChart
                    bars={bars}
                    kinds={KINDS.filter((kind) => !hidden.includes(kind.key))}
                    marks={marks}
                    window={session.tokens.context_window}
                    context={known && !hidden.includes("context")}
                  />
                </Suspense>
              )}
            </>
          )
        }
      </Part>
    </Section>
  )
}

interface LegendProps {
  series: readonly { key: Series; label: string; colour: string }[]
  hidden: readonly Series[]
  marked: boolean
  onToggle: (one: Series) => void
}

export function Legend({ series, hidden, marked, onToggle }: LegendProps) {
  return (
    <div role="group" aria-label="What is shown" className="mb-2 flex flex-wrap items-center gap-1">
      {series.map(({ key, label, colour }) => (
        <button
          key={key}
          type="button"
          aria-pressed={!hidden.includes(key)}
          onClick={() => onToggle(key)}
          className={classes("inline-flex h-6 items-center gap-1.5 rounded-md px-2 text-meta hover:bg-hover", hidden.includes(key) && "text-muted line-through")}
        >
          <span aria-hidden className="size-2 rounded-xs" style={{ background: hidden.includes(key) ? "var(--track)" : colour }} />
          {label}
        </button>
      ))}
      {marked && (
        <span className="inline-flex h-6 items-center gap-1.5 px-2 text-meta">
          <span aria-hidden className="h-3 border-l border-dashed border-current" />
          Compaction
        </span>
      )}
    </div>
  )
}

function Actions({ id, bars, table, onTable }: { id: string; bars: UsageBar[]; table: boolean; onTable: () => void }) {
  return (
    <>
      <Button look="ghost" aria-pressed={table} onClick={onTable}>
        {table ? "View as chart" : "View as table"}
      </Button>
      <Button look="ghost" onClick={() => saveFile(`token-use-${id}.csv`, "text/csv", usageCsv(bars))}>
        Export CSV
      </Button>
    </>
  )
}
