import { useQuery } from "@tanstack/react-query"

import { trendNumbers } from "@/api/analytics"
import { useApi } from "@/api/context"

import { ChartCard, Pick } from "./chart-card"
import { busiest, cellName, heatRows, heatTable, PEAK_UNITS, WEEKDAYS, type HeatCell } from "./heat"
import { PEAKS, type Peak } from "./search"
import { full, type Unit } from "./units"
import { useView } from "./view"

const NAMES: Record<Peak, string> = { tokens: "Tokens", sessions: "Sessions begun", cost: "Cost", errors: "Failed tool calls" }
const MARKS = [0, 6, 12, 18]

/** When the team works, by the clock of the page's zone. */
export function PeakHours() {
  const { search, query, bucket, zone, change } = useView()
  const metric = search.peak ?? "tokens"
  const asked = useQuery(trendNumbers(useApi(), { ...query, metric, bucket }))
  const rows = asked.data && heatRows(asked.data.peak_hours.values, search.weekends === "off")
  const unit = PEAK_UNITS[metric]
  const choices = (["tokens", ...PEAKS] as const).map((value) => ({ value, label: NAMES[value] }))
  return (
    <ChartCard<HeatCell[][]>
      title="Peak hours"
      definition={`All weeks of the range put together, by weekday and hour in ${zone}. The stronger a field, the more there was in it.`}
      file="peak-hours"
      query={{ ...asked, data: rows }}
      tall="h-60"
      controls={<Pick label="Show" value={metric} choices={choices} onChange={(value) => change({ peak: value === "tokens" ? undefined : value })} />}
      empty={(all) => (busiest(all) ? null : "Nothing was done in this time, or nothing that you may see.")}
      table={(all) => heatTable(all, unit)}
    >
      {(all) => <HeatMap rows={all} unit={unit} zone={zone} />}
    </ChartCard>
  )
}

const STRENGTH = [0, 0.18, 0.36, 0.56, 0.78, 1]

function HeatMap({ rows, unit, zone }: { rows: HeatCell[][]; unit: Unit; zone: string }) {
  const top = busiest(rows)
  const words = top ? `Busiest ${cellName(top)}: ${full(top.value, unit)}` : ""
  return (
    <figure className="min-h-60">
      <div role="img" aria-label={`${words}. Times in ${zone}.`}>
        {rows.map((row, weekday) => (
          <div key={weekday} className="mb-0.5 grid grid-cols-[2.25rem_repeat(24,minmax(0,1fr))] gap-0.5">
            <span className="text-meta leading-6 text-muted">{WEEKDAYS[weekday]}</span>
            {row.map((cell) => (
              <span key={cell.hour} data-tip={`${cellName(cell)}: ${full(cell.value, unit)}`} className="relative h-6 overflow-hidden rounded-xs bg-track">
                <span className="absolute inset-0 bg-series-1" style={{ opacity: STRENGTH[cell.level] ?? 0 }} />
              </span>
            ))}
          </div>
        ))}
        <div className="grid grid-cols-[2.25rem_repeat(4,minmax(0,1fr))] gap-0.5 text-meta text-muted">
          <span />
          {MARKS.map((hour) => (
            <span key={hour}>{String(hour).padStart(2, "0")}:00</span>
          ))}
        </div>
      </div>
      <figcaption className="mt-2 flex flex-wrap justify-between gap-x-4 text-meta text-muted">
        <span>{words}</span>
        <span>Times in {zone}</span>
      </figcaption>
    </figure>
  )
}
