import { lazy, Suspense, useMemo, type ReactNode } from "react"

import type { TrendAnswer } from "@/api/analytics"
import { Skeleton } from "@/components/skeleton"

import { ChartCard } from "./chart-card"
import type { Dimension } from "./colours"
import { Legend, useHidden } from "./legend"
import { bucketRange, isSameRange } from "./range"
import { prepareTrend, trendTable, type Stretch, type Trend } from "./series"
import type { Unit } from "./units"
import { entityName, useView } from "./view"

// The drawing library is larger than the rest of the page: it comes when there is something to draw.
const TrendChart = lazy(() => import("./trend-chart"))
const TALL = "h-65"

interface TrendCardProps {
  title: string
  definition: string
  file: string
  query: { data: TrendAnswer | undefined; error: unknown; isPlaceholderData: boolean; refetch: () => unknown }
  unit: Unit
  /** What its lines are; null for one line of all. */
  dimension: Dimension | null
  shape: "line" | "area" | "bar"
  controls?: ReactNode
  empty: string
}

/** A chart over time. A press on a stretch, in the chart or in its table, narrows the page to it. */
export function TrendCard({ title, definition, file, query, unit, dimension, shape, controls, empty }: TrendCardProps) {
  const { palettes, search, range, zoom } = useView()
  const { hidden, toggle } = useHidden()
  const { data } = query
  const weekdays = search.weekends === "off"
  const palette = palettes[dimension ?? "kind"]
  const trend = useMemo(
    () => data && prepareTrend(data, { unit, palette, weekdays, name: (key, label) => (dimension ? entityName(dimension, key, label) : title) }),
    [data, unit, palette, weekdays, dimension, title],
  )
  const press = (stretch: Stretch) => {
    if (!data) return
    const next = bucketRange(stretch.at, stretch.next, data.bucket, data.tz)
    if (!isSameRange(next, range)) zoom(next)
  }
  return (
    <ChartCard<Trend>
      title={title}
      definition={definition}
      file={file}
      query={{ ...query, data: trend }}
      tall={TALL}
      controls={controls}
      empty={(one) => (one.isEmpty ? empty : null)}
      table={(one) => trendTable(one, "label")}
      raw={(one) => trendTable(one, "at")}
      lead={(one, row, name) => (
        <button
          type="button"
          className="min-h-6 text-accent-ink hover:underline"
          onClick={() => {
            const stretch = one.stretches[row]
            if (stretch) press(stretch)
          }}
        >
          {name}
        </button>
      )}
    >
      {(one) => (
        <>
          {one.lines.length > 1 && <Legend lines={one.lines} hidden={hidden} unit={unit} onToggle={toggle} />}
          <Suspense fallback={<Skeleton className={TALL} />}>
            <TrendChart title={title} trend={one} lines={one.lines.filter((line) => !hidden.includes(line.key))} shape={shape} zone={data?.tz ?? ""} onPress={press} />
          </Suspense>
        </>
      )}
    </ChartCard>
  )
}
