import { useId } from "react"
import {
  Area, Bar, CartesianGrid, ComposedChart, Rectangle, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis, type BarShapeProps,
} from "recharts"

import { useNow } from "@/lib/clock"
import { compact, counted } from "@/lib/format/numbers"
import { at } from "@/lib/format/times"

import { axisTicks, contextOf, sumOf, timeTicks, type Kind, type Mark, type UsageBar } from "./usage"
import { Explained } from "./usage-tip"

export interface UsageChartProps {
  bars: UsageBar[]
  kinds: readonly { key: Kind; label: string; colour: string }[]
  marks: readonly Mark[]
  /** Tokens that the model's window holds; null where that is not known. */
  window: number | null
  /** Whether the context is drawn too. */
  context: boolean
}

const AXIS = { stroke: "none", tick: { fill: "var(--muted)", fontSize: 12 }, tickLine: false } as const
const MARGIN = { top: 8, right: 4, bottom: 0, left: 0 } as const
const AXIS_WIDTH = 52
const TOGETHER = "usage"

/** Draws what `usage.ts` prepared: tokens above, the context below, over one and the same time. */
export default function UsageChart(props: UsageChartProps) {
  return (
    <figure>
      <div role="img" aria-label={summary(props)}>
        <TokenBars {...props} />
        {props.context && <ContextArea {...props} />}
      </div>
      <figcaption className="mt-1 text-right text-meta text-muted">Times in {Intl.DateTimeFormat().resolvedOptions().timeZone}</figcaption>
    </figure>
  )
}

function TokenBars({ bars, kinds, marks, window, context }: UsageChartProps) {
  const hatch = useId().replaceAll(":", "")
  const keys = kinds.map((kind) => kind.key)
  const ticks = axisTicks(Math.max(0, ...bars.map((bar) => sumOf(bar, keys))))
  return (
    <div className="h-52 overflow-x-clip">
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 600, height: 208 }}>
        <ComposedChart data={bars} margin={MARGIN} barCategoryGap="12%" accessibilityLayer={false} syncId={TOGETHER}>
          <defs>
            <pattern id={hatch} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width={3} height={6} fill="var(--surface)" fillOpacity={0.55} />
            </pattern>
          </defs>
          <CartesianGrid vertical={false} stroke="var(--border)" />
          {timeAxis(bars, useNow(), context)}
          <YAxis width={AXIS_WIDTH} ticks={ticks} domain={[0, ticks.at(-1) ?? 0]} tickFormatter={(value: number) => compact(value)} {...AXIS} />
          <Tooltip
            cursor={{ fill: "var(--hover)" }}
            isAnimationActive={false}
            content={({ active, label }) => {
              const bar = active ? bars.find((one) => one.from === label) : undefined
              return bar ? <Explained bar={bar} kinds={kinds} window={window} mark={marks.find((mark) => mark.from === bar.from)} /> : null
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
          {markLines(marks)}
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  )
}

function ContextArea({ bars, marks, window }: UsageChartProps) {
  const highest = Math.max(0, ...bars.map((bar) => contextOf(bar, window) ?? 0))
  const ticks = window ? [0, 50, 100] : axisTicks(highest)
  return (
    <div className="h-36 overflow-x-clip" data-testid="context-line">
      <p className="mt-2 text-meta text-muted">Context in use{window ? `, of ${compact(window)} tokens` : ""}</p>
      <ResponsiveContainer width="100%" height="86%" initialDimension={{ width: 600, height: 124 }}>
        <ComposedChart data={bars} margin={{ ...MARGIN, top: 14 }} accessibilityLayer={false} syncId={TOGETHER}>
          <CartesianGrid vertical={false} stroke="var(--border)" />
          {timeAxis(bars, useNow(), false)}
          <YAxis
            width={AXIS_WIDTH}
            ticks={ticks}
            domain={[0, window ? Math.max(100, highest) : (ticks.at(-1) ?? 0)]}
            tickFormatter={(value: number) => (window ? `${value} %` : compact(value))}
            {...AXIS}
          />
          {window !== null && [70, 90].map((share) => <ReferenceLine key={share} y={share} stroke="var(--border-strong)" strokeDasharray="2 3" />)}
          {/* The other chart explains both; this one shows where one is. */}
          <Tooltip cursor={{ stroke: "var(--border-strong)" }} isAnimationActive={false} content={() => null} />
          <Area
            dataKey={(bar: UsageBar) => contextOf(bar, window)}
            stroke="var(--series-5)"
            strokeWidth={1.5}
            fill="var(--series-5)"
            fillOpacity={0.12}
            connectNulls={false}
            dot={bars.length === 1}
            isAnimationActive={false}
          />
          {markLines(marks, true)}
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  )
}

function timeAxis(bars: readonly UsageBar[], now: number, hide: boolean) {
  return <XAxis dataKey="from" scale="band" hide={hide} ticks={timeTicks(bars)} tickFormatter={(from: number) => at(new Date(from).toISOString(), now)} {...AXIS} />
}

function markLines(marks: readonly Mark[], labelled = false) {
  return marks.map(({ from, count }) => (
    <ReferenceLine
      key={from}
      x={from}
      className="compaction-mark"
      stroke="var(--text)"
      strokeOpacity={0.7}
      strokeDasharray="3 3"
      {...(labelled ? { label: { value: count > 1 ? `⇣ ${count}×` : "⇣", position: "top" as const, fill: "var(--muted)", fontSize: 12 } } : {})}
    />
  ))
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

function summary({ bars, kinds, marks, window }: UsageChartProps): string {
  const sums = kinds.map(({ key, label }) => `${label} ${compact(bars.reduce((sum, bar) => sum + (bar[key] ?? 0), 0))}`)
  const highest = Math.max(0, ...bars.map((bar) => contextOf(bar, window) ?? 0))
  const compactions = marks.reduce((sum, mark) => sum + mark.count, 0)
  const context = window ? `Context at most ${highest} % full.` : `Context at most ${compact(highest)} tokens.`
  return `Token use in ${bars.length} stretches of time. ${sums.join(", ")}. ${context} ${counted(compactions, "compaction")}.`
}
