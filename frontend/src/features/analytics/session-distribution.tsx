import { useQuery } from "@tanstack/react-query"

import { breakdownNumbers } from "@/api/analytics"
import { useApi } from "@/api/context"

import { ChartCard, Pick } from "./chart-card"
import { partTable, ringParts, type Part } from "./parts"
import { Ring } from "./ring"
import { SPLITS } from "./search"
import { capital, DIMENSION_NAMES, entityName, useView } from "./view"

/** With what the sessions were made. A press on a part narrows the page to it. */
export function SessionDistribution() {
  const { search, query, palettes, change, narrow } = useView()
  const by = search.split ?? "tool"
  const asked = useQuery(breakdownNumbers(useApi(), { ...query, by }))
  const { data } = asked
  const parts = data && ringParts(data, "sessions", palettes[by], (key, label) => entityName(by, key, label))
  return (
    <ChartCard<Part[]>
      title={`Sessions by ${DIMENSION_NAMES[by]}`}
      definition="Sessions that began in this time: the five largest parts, the rest as Other. Others’ private sessions, where they may be counted, are one grey part."
      file={`sessions-by-${by}`}
      query={{ ...asked, data: parts }}
      tall="h-60"
      controls={
        <Pick
          label="Part by"
          value={by}
          choices={SPLITS.map((value) => ({ value, label: capital(DIMENSION_NAMES[value]) }))}
          onChange={(value) => change({ split: value === "tool" ? undefined : value })}
        />
      }
      empty={(all) => (all.length === 0 ? "No session began in this time, or none that you may see." : null)}
      table={(all) => partTable(capital(DIMENSION_NAMES[by]), all, "count", "Sessions")}
      lead={(all, row, name) => (all[row]?.isEntity ? <NarrowButton name={name} onPress={() => narrow(by, all[row]?.key ?? "")} /> : name)}
    >
      {(all) => <Ring parts={all} unit="count" what="sessions" onPress={(part) => narrow(by, part.key)} />}
    </ChartCard>
  )
}

export function NarrowButton({ name, onPress }: { name: string; onPress: () => void }) {
  return (
    <button type="button" className="min-h-6 text-accent-ink hover:underline" onClick={onPress}>
      {name}
    </button>
  )
}
