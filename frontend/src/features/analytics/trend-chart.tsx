import { useId } from "react"
import {
  Area, Bar, CartesianGrid, ComposedChart, Line as Stroke, Rectangle, ReferenceArea, ResponsiveContainer, Tooltip, XAxis, YAxis, type BarShapeProps,
} from "recharts"

import { percent } from "@/lib/format/numbers"

import { tickPlaces } from "./buckets"
import { spokenTrend, ticksOf, type Line, type Stretch, type Trend } from "./series"
import { full, onAxis, shareText } from "./units"

export interface TrendChartProps {
  title: string
  trend: Trend
  /** Those of its lines that are shown. */
  lines: readonly Line[]
  shape: "line" | "area" | "bar"
  zone: string
  onPress: (stretch: Stretch) => void
}

const AXIS = { stroke: "none", tick: { fill: "var(--muted)", fontSize: 12 }, tickLine: false } as const
const MARGIN = { top: 8, right: 12, bottom: 0, left: 0 } as const
const DRAWN = { isAnimationActive: false, connectNulls: false } as const

/** Draws what `series.ts` prepared. A press on a stretch of time is told. */
export default function TrendChart({ title, trend, lines, shape, zone, onPress }: TrendChartProps) {
  const hatch = useId().replaceAll(":", "")
  const { stretches, adds } = trend
  const stacked = adds && shape !== "line"
  const ticks = ticksOf(trend, lines, stacked)
  const byAt = new Map(stretches.map((one) => [one.at, one]))
  const places = tickPlaces(stretches.length).flatMap((place) => stretches[place]?.at ?? [])
  const open = stretches.findIndex((one) => one.open)
  const valueOf = (key: string) => (one: Stretch) => one.values[key]
  return (
    <figure>
      <div role="img" aria-label={spokenTrend(title, trend)} className="h-60 cursor-pointer overflow-x-clip">
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 600, height: 240 }}>
          <ComposedChart
            data={stretches}
            margin={MARGIN}
            barCategoryGap="16%"
            accessibilityLayer={false}
            onClick={({ activeLabel }) => {
              const pressed = byAt.get(String(activeLabel))
              if (pressed) onPress(pressed)
            }}
          >
            <defs>
              <pattern id={hatch} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width={3} height={6} fill="var(--surface)" fillOpacity={0.6} />
              </pattern>
            </defs>
            <CartesianGrid vertical={false} stroke="var(--border)" />
            <XAxis
              dataKey="at"
              scale={shape === "bar" || stretches.length === 1 ? "band" : "point"}
              ticks={places}
              interval={0}
              padding={shape === "bar" ? { left: 0, right: 0 } : { left: 12, right: 12 }}
              tickFormatter={(at: string) => byAt.get(at)?.tick ?? ""}
              {...AXIS}
            />
            <YAxis width={52} ticks={ticks} domain={[0, ticks.at(-1) ?? 0]} tickFormatter={(value: number) => onAxis(value, trend.unit)} {...AXIS} />
            <Tooltip
              cursor={shape === "bar" ? { fill: "var(--hover)" } : { stroke: "var(--border-strong)" }}
              isAnimationActive={false}
              content={({ active, label }) => {
                const stretch = active ? byAt.get(String(label)) : undefined
                return stretch ? <Explained stretch={stretch} lines={lines} trend={trend} /> : null
              }}
            />
            {lines.map(({ key, colour }) => {
              const common = { ...DRAWN, dataKey: valueOf(key), ...(stacked ? { stackId: "all" } : {}) }
              if (shape === "bar") {
                return <Bar key={key} {...common} fill={colour} shape={(props: BarShapeProps) => <Piece {...props} hatch={hatch} open={props.index === open} />} />
              }
              // Alone between two gaps a value has no line: it is a dot.
              const dot = hasLonely(stretches, key) ? { r: 3, fill: colour, stroke: "none" } : false
              return shape === "line" ? (
                <Stroke key={key} {...common} stroke={colour} strokeWidth={1.5} dot={dot} />
              ) : (
                <Area key={key} {...common} stroke={colour} strokeWidth={1.5} fill={colour} fillOpacity={stacked && lines.length > 1 ? 0.35 : 0.12} dot={dot} />
              )
            })}
            {shape !== "bar" && open > 0 && (
              <ReferenceArea x1={stretches[open - 1]?.at ?? ""} x2={stretches[open]?.at ?? ""} fill={`url(#${hatch})`} fillOpacity={1} stroke="none" zIndex={450} />
            )}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <figcaption className="mt-1 flex flex-wrap justify-between gap-x-4 text-meta text-muted">
        <span>{open >= 0 ? "Hatched: still running." : ""} Press a stretch to narrow the page to it.</span>
        <span>Times in {zone}</span>
      </figcaption>
    </figure>
  )
}

/** All lines at that time, the largest first, with their share. */
function Explained({ stretch, lines, trend }: { stretch: Stretch; lines: readonly Line[]; trend: Trend }) {
  const value = (line: Line) => stretch.values[line.key] ?? null
  const sorted = [...lines].sort((a, b) => (value(b) ?? 0) - (value(a) ?? 0))
  const sum = sorted.reduce((held, line) => held + (value(line) ?? 0), 0)
  const shares = trend.adds && lines.length > 1
  return (
    <div className="rounded-md border border-line bg-raised px-3 py-2 text-meta tabular-nums shadow-floating">
      <p className="mb-1 text-muted">
        {stretch.label}
        {stretch.open && ", still running"}
      </p>
      {sorted.map((line) => (
        <p key={line.key} className="flex items-center gap-2">
          <span aria-hidden className="size-2 shrink-0 rounded-xs" style={{ background: line.colour }} />
          <span className="max-w-48 truncate">{line.label}</span>
          <span className="ml-auto pl-4">{full(value(line), trend.unit).replace(/ tokens$/, "")}</span>
          {shares && <span className="w-10 text-right text-muted">{shareText(percent(value(line), sum), value(line))}</span>}
        </p>
      ))}
      {shares && (
        <p className="mt-1 flex justify-between border-t border-line pt-1 text-muted">
          Together <span>{full(sum, trend.unit)}</span>
        </p>
      )}
    </div>
  )
}

function Piece({ hatch, open, ...props }: BarShapeProps & { hatch: string; open: boolean }) {
  const box = { x: props.x, y: props.y, width: props.width, height: props.height }
  return (
    <g>
      <Rectangle {...box} fill={props.fill ?? "none"} />
      {open && <Rectangle {...box} fill={`url(#${hatch})`} />}
    </g>
  )
}

function hasLonely(stretches: readonly Stretch[], key: string): boolean {
  const known = (at: number) => stretches[at]?.values[key] != null
  return stretches.some((_, at) => known(at) && !known(at - 1) && !known(at + 1))
}
