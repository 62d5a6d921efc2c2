import { useQuery } from "@tanstack/react-query"

import { trendNumbers } from "@/api/analytics"
import { useApi } from "@/api/context"

import { Pick } from "./chart-card"
import { bucketsFor } from "./range"
import { BUCKETS, STACKS, type Bucket, type Stack } from "./search"
import { TrendCard } from "./trend-card"
import { capital, DIMENSION_NAMES, useView } from "./view"

const BUCKET_NAMES: Record<Bucket, string> = { hour: "Hour", day: "Day", week: "Week" }
const SHAPES = [
  { value: "area", label: "Area" },
  { value: "line", label: "Lines" },
] as const
const ORDINARY: Stack = "kind"

/** When the tokens were used, and by what. */
export function TokenUsageChart() {
  const { search, query, range, bucket, change } = useView()
  const by = search.by ?? ORDINARY
  const trend = useQuery(trendNumbers(useApi(), { ...query, metric: "tokens", bucket, ...(by === "none" ? {} : { group_by: by }) }))
  const stacks = STACKS.map((value) => ({ value, label: value === "none" ? "Nothing" : capital(DIMENSION_NAMES[value]) }))
  const controls = (
    <>
      <Pick label="Stack by" value={by} choices={stacks} onChange={(value) => change({ by: value === ORDINARY ? undefined : value })} />
      <Pick label="Each" value={bucket} choices={BUCKETS.filter((one) => bucketsFor(range).includes(one)).map((value) => ({ value, label: BUCKET_NAMES[value] }))} onChange={(value) => change({ bucket: value })} />
      <Pick label="As" value={search.shape ?? "area"} choices={SHAPES} onChange={(value) => change({ shape: value === "line" ? value : undefined })} />
    </>
  )
  return (
    <TrendCard
      title="Token use"
      definition={DEFINITION + (by === "tag" ? " A session with several tags counts with each of them, so that tags together can be more than the team; others’ private sessions are in none." : "")}
      file="token-use"
      query={trend}
      unit="tokens"
      dimension={by === "none" ? null : by}
      shape={search.shape ?? "area"}
      controls={controls}
      empty="No tokens were used in this time, or none that you may see."
    />
  )
}

const DEFINITION =
  "Tokens of each stretch of time, in the quarter of an hour in which they were used, counted once per model call. All stretches together are the range’s total."
