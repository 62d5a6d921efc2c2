import { useQuery } from "@tanstack/react-query"
import { lazy, Suspense, useMemo, useState } from "react"

import { useApi } from "@/api/context"
import { sessionUsage } from "@/api/sessions"
import { Button } from "@/components/button"
import { Skeleton } from "@/components/skeleton"
import { classes } from "@/lib/classes"
import { useNow } from "@/lib/clock"
import { saveFile } from "@/lib/save-file"

import { Nothing, Part, Section } from "@/components/section"
import { KINDS, prepareUsage, usageCsv, type Kind, type UsageBar } from "./usage"
import { UsageTable } from "./usage-table"

// The drawing library is larger than the rest of the page: it comes when there is something to draw.
const UsageChart = lazy(() => import("./usage-chart"))

export function UsageSection({ id }: { id: string }) {
  const usage = useQuery(sessionUsage(useApi(), id))
  const now = useNow()
  const { data } = usage
  const bars = useMemo(() => (data ? prepareUsage(data.items, now) : []), [data, now])
  const [table, setTable] = useState(false)
  const [hidden, setHidden] = useState<readonly Kind[]>([])
  const kinds = KINDS.filter((kind) => !hidden.includes(kind.key))
  const toggle = (kind: Kind) => setHidden(hidden.includes(kind) ? hidden.filter((one) => one !== kind) : [...hidden, kind])
  return (
    <Section
      title="Token use over time"
      definition="Tokens of each stretch of time by kind, counted once per model call. A bar of the time that still runs is hatched."
      aside={bars.length > 0 && <Actions id={id} bars={bars} table={table} onTable={() => setTable(!table)} />}
    >
      <Part query={usage} failure="The token use could not be loaded" lines={8}>
        {() =>
          bars.length === 0 ? (
            <Nothing>No tokens are recorded: nothing was asked yet, or this tool does not count them over time.</Nothing>
          ) : (
            <>
              <Legend hidden={hidden} onToggle={toggle} />
              {table ? (
                <UsageTable bars={bars} />
              ) : (
                <Suspense fallback={<Skeleton className="h-64" />}>
                  <UsageChart bars={bars} kinds={kinds} />
                </Suspense>
              )}
            </>
          )
        }
      </Part>
    </Section>
  )
}

function Legend({ hidden, onToggle }: { hidden: readonly Kind[]; onToggle: (kind: Kind) => void }) {
  return (
    <div role="group" aria-label="Kinds of tokens shown" className="mb-2 flex flex-wrap gap-1">
      {KINDS.map(({ key, label, colour }) => (
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
