import { useQuery } from "@tanstack/react-query"

import { breakdownNumbers } from "@/api/analytics"
import { useApi } from "@/api/context"
import { classes } from "@/lib/classes"

import { ChartCard, Pick } from "./chart-card"
import { MEASURE_UNITS, partTable, peopleBars, type Bar } from "./parts"
import { MEASURES, type Measure } from "./search"
import { NarrowButton } from "./session-distribution"
import { brief, full, shareText, type Unit } from "./units"
import { useView } from "./view"

const NAMES: Record<Measure, string> = { tokens: "Tokens", sessions: "Sessions", cost: "Cost" }
const ORDERS = [
  { value: "name", label: "Name" },
  { value: "amount", label: "Amount" },
] as const

/** Who worked with it. By name: nobody is ranked unless the reader asks. */
export function UserActivityChart() {
  const { search, query, palettes, change, narrow } = useView()
  const measure = search.people ?? "tokens"
  const asked = useQuery(breakdownNumbers(useApi(), { ...query, by: "user" }))
  const bars = asked.data && peopleBars(asked.data, measure, palettes.user, search.order === "amount")
  const unit = MEASURE_UNITS[measure]
  const choices = (["tokens", ...MEASURES] as const).map((value) => ({ value, label: NAMES[value] }))
  return (
    <ChartCard<Bar[]>
      title="People"
      definition="What each person’s sessions used or how many they began, as far as you may see them; others’ private sessions, where they may be counted, are one grey bar. Bars begin at zero."
      file="people"
      query={{ ...asked, data: bars }}
      tall="h-60"
      controls={
        <>
          <Pick label="Show" value={measure} choices={choices} onChange={(value) => change({ people: value === "tokens" ? undefined : value })} />
          <Pick label="Order by" value={search.order ?? "name"} choices={ORDERS} onChange={(value) => change({ order: value === "amount" ? value : undefined })} />
        </>
      }
      empty={(all) => (all.some((bar) => bar.value) ? null : "Nobody used anything in this time, or nothing that you may see.")}
      table={(all) => partTable("Person", all, unit, NAMES[measure])}
      lead={(all, row, name) => (all[row]?.isEntity ? <NarrowButton name={name} onPress={() => narrow("user", all[row]?.key ?? "")} /> : name)}
    >
      {(all) => (
        <ul className="max-h-72 min-h-60 overflow-y-auto">
          {all.map((bar) => (
            <li key={bar.key}>
              <PersonBar bar={bar} unit={unit} onPress={() => narrow("user", bar.key)} />
            </li>
          ))}
        </ul>
      )}
    </ChartCard>
  )
}

function PersonBar({ bar, unit, onPress }: { bar: Bar; unit: Unit; onPress: () => void }) {
  const content = (
    <>
      <span className="w-24 shrink-0 truncate sm:w-40">{bar.label}</span>
      <span className="min-w-0 flex-1">
        <span aria-hidden className="block h-4 min-w-px rounded-r-sm" style={{ width: `${bar.length * 100}%`, background: bar.colour }} />
      </span>
      <span className="w-16 shrink-0 text-right tabular-nums">{brief(bar.value, unit)}</span>
    </>
  )
  const look = classes("flex min-h-8 w-full items-center gap-2 rounded-md px-1 text-left", bar.isEntity && "hover:bg-hover")
  const tip = `${bar.label}: ${full(bar.value, unit)}${bar.share === null ? "" : `, ${shareText(bar.share, bar.value)}`}`
  if (!bar.isEntity) {
    return (
      <span data-tip={tip} className={look}>
        {content}
      </span>
    )
  }
  return (
    <button type="button" data-tip={tip} className={look} onClick={onPress}>
      {content}
    </button>
  )
}
