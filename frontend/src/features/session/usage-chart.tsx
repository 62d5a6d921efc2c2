import { useId } from "react"
import { Bar, BarChart, CartesianGrid, Rectangle, ResponsiveContainer, Tooltip, XAxis, YAxis, type BarShapeProps } from "recharts"

import { useNow } from "@/lib/clock"
import { compact, exact, exactMoney, percent } from "@/lib/format/numbers"
import { at, instant } from "@/lib/format/times"

import { axisTicks, sumOf, timeTicks, type Kind, type UsageBar } from "./usage"

interface UsageChartProps {
  bars: UsageBar[]
  kinds: readonly { key: Kind; label: string; colour: string }[]
}

const AXIS = { stroke: "none", tick: { fill: "var(--muted)", fontSize: 12 }, tickLine: false } as const

/** Draws what `usage.ts` prepared. */
export default function UsageChart({ bars, kinds }: UsageChartProps) {
  const hatch = useId().replaceAll(":", "")
  const keys = kinds.map((kind) => kind.key)
  const ticks = axisTicks(Math.max(0, ...bars.map((bar) => sumOf(bar, keys))))
  const now = useNow()
  return (
    <figure>
      <div className="h-64" role="img" aria-label={summary(bars, kinds)}>
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 600, height: 256 }}>
          <BarChart data={bars} margin={{ top: 8, right: 4, bottom: 0, left: 0 }} barCategoryGap="12%" accessibilityLayer={false}>
            <defs>
              <pattern id={hatch} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width={3} height={6} fill="var(--surface)" fillOpacity={0.55} />
              </pattern>
            </defs>
            <CartesianGrid vertical={false} stroke="var(--border)" />
            <XAxis dataKey="from" ticks={timeTicks(bars)} tickFormatter={(from: number) => at(new Date(from).toISOString(), now)} {...AXIS} />
            <YAxis width={52} ticks={ticks} domain={[0, ticks.at(-1) ?? 0]} tickFormatter={(value: number) => compact(value)} {...AXIS} />
            <Tooltip
              cursor={{ fill: "var(--hover)" }}
              isAnimationActive={false}
              content={({ active, label }) => {
                const bar = active ? bars.find((one) => one.from === label) : undefined
                return bar ? <Explained bar={bar} kinds={kinds} /> : null
              }}
            />
            {kinds.map(({ key, colour }) => (
              <Bar
                key={key}
                dataKey={key}
                stackId="tokens"
                fill={colour}
                isAnimationActive={false}
                shape={(props: BarShapeProps) => <Piece {...props} hatch={hatch} bar={bars[props.index]} />}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <figcaption className="mt-1 text-right text-meta text-muted">Times in {Intl.DateTimeFormat().resolvedOptions().timeZone}</figcaption>
    </figure>
  )
}

function Piece({ hatch, bar, ...props }: BarShapeProps & { hatch: string; bar: UsageBar | undefined }) {
  const { x, y, width, height } = props
  const box = { x, y, width, height }
  return (
    <g>
      <Rectangle {...box} fill={props.fill ?? "none"} />
      {bar?.open && <Rectangle {...box} fill={`url(#${hatch})`} />}
    </g>
  )
}

/** All kinds at that time, the largest first, with their share. */
function Explained({ bar, kinds }: { bar: UsageBar; kinds: UsageChartProps["kinds"] }) {
  const sum = sumOf(bar, kinds.map((kind) => kind.key))
  const sorted = [...kinds].sort((a, b) => (bar[b.key] ?? 0) - (bar[a.key] ?? 0))
  return (
    <div className="rounded-md border border-line bg-raised px-3 py-2 text-meta tabular-nums shadow-floating">
      <p className="mb-1 text-muted">
        {instant(new Date(bar.from).toISOString())}
        {bar.open && ", still running"}
      </p>
      {sorted.map(({ key, label, colour }) => (
        <p key={key} className="flex items-center gap-2">
          <span aria-hidden className="size-2 rounded-xs" style={{ background: colour }} />
          {label}
          <span className="ml-auto pl-4">{exact(bar[key])}</span>
          <span className="w-10 text-right text-muted">{percent(bar[key], sum) ?? 0} %</span>
        </p>
      ))}
      <p className="mt-1 border-t border-line pt-1 text-muted">
        Context {exact(bar.context_used)} · {exactMoney(bar.cost_usd)} API price
      </p>
    </div>
  )
}

function summary(bars: readonly UsageBar[], kinds: UsageChartProps["kinds"]): string {
  const sums = kinds.map(({ key, label }) => `${label} ${compact(bars.reduce((sum, bar) => sum + (bar[key] ?? 0), 0))}`)
  return `Token use in ${bars.length} stretches of time. ${sums.join(", ")}.`
}
