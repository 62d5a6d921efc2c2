import { useQuery } from "@tanstack/react-query"
import { ArrowDown, ArrowUp, CircleHelp, Minus } from "lucide-react"
import type { ReactNode } from "react"

import { teamNumbers } from "@/api/analytics"
import { useApi } from "@/api/context"
import { Failure } from "@/components/notice"
import { Popover } from "@/components/popover"
import { Skeleton } from "@/components/skeleton"
import { classes } from "@/lib/classes"

import { figuresOf, type Change, type Figure } from "./figures"
import { rangeLabel } from "./range"
import { useView } from "./view"

const GRID = "grid grid-cols-2 gap-3 md:grid-cols-3"
const CARD = "flex min-h-27 min-w-0 flex-col rounded-card border border-line bg-surface p-3"

/** The page's answer: what the range bought, and how that has changed. */
export function TeamCards() {
  const { query, search, zone } = useView()
  const asked = useQuery(teamNumbers(useApi(), query))
  const { data } = asked
  const compared = search.compare !== "off"
  const figures = data && figuresOf(data, compared ? data.previous : null)
  const unpriced = data?.unpriced_models ?? []
  return (
    <Cards
      figures={figures}
      count={10}
      columns="lg:grid-cols-5"
      pending={asked.isPlaceholderData}
      error={asked.error}
      retry={() => void asked.refetch()}
      before={data && compared ? rangeLabel(data.previous, zone) : null}
      more={(figure) => figure.key === "cost" && unpriced.length > 0 && <p className="mt-2">Without a known price: {unpriced.join(", ")}.</p>}
    />
  )
}

interface CardsProps {
  figures: Figure[] | undefined
  count: number
  /** How many stand side by side where there is room. */
  columns: string
  pending: boolean
  error: unknown
  retry: () => void
  /** The period compared with; null where none is. */
  before: string | null
  more?: (figure: Figure) => ReactNode
}

export function Cards({ figures, count, columns, pending, error, retry, before, more }: CardsProps) {
  if (!figures && error !== null) {
    return (
      <div className="rounded-card border border-line bg-surface">
        <Failure title="The totals could not be loaded" error={error} retry={retry} />
      </div>
    )
  }
  if (!figures) {
    return (
      <div aria-busy="true" className={classes(GRID, columns)}>
        {Array.from({ length: count }, (_, index) => (
          <Skeleton key={index} className="h-27 rounded-card" />
        ))}
      </div>
    )
  }
  return (
    <dl aria-busy={pending} className={classes(GRID, columns, pending && "opacity-60 transition-opacity")}>
      {figures.map((figure) => (
        <MetricCard key={figure.key} figure={figure} before={before}>
          {more?.(figure)}
        </MetricCard>
      ))}
    </dl>
  )
}

/** A number with its change; pressing its name says what it is. */
function MetricCard({ figure, before, children }: { figure: Figure; before: string | null; children?: ReactNode }) {
  return (
    <div data-testid={`metric-${figure.key}`} className={CARD}>
      <dt>
        <Popover
          label={figure.label}
          trigger={
            <button type="button" className="-mx-1 inline-flex min-h-6 max-w-full items-center gap-1 rounded-sm px-1 text-left text-meta text-muted hover:text-text">
              {figure.label}
              <CircleHelp aria-hidden size={12} strokeWidth={1.5} className="shrink-0" />
            </button>
          }
        >
          <Definition figure={figure} before={before}>
            {children}
          </Definition>
        </Popover>
      </dt>
      <dd data-tip={figure.exact} className="mt-1 truncate text-headline font-semibold tracking-tight tabular-nums">
        {figure.text}
      </dd>
      <dd className="mt-auto flex flex-wrap items-center gap-x-2 pt-1 text-meta text-muted">
        {figure.change && <ChangeMark change={figure.change} tip={`${figure.before} in ${before ?? ""}`} />}
        {figure.note}
      </dd>
    </div>
  )
}

function Definition({ figure, before, children }: { figure: Figure; before: string | null; children?: ReactNode }) {
  return (
    <div className="max-w-80 text-body">
      <p className="font-semibold">{figure.label}</p>
      <p className="mt-1 text-muted">{figure.definition}</p>
      {children && <div className="text-muted">{children}</div>}
      <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 border-t border-line pt-2 tabular-nums">
        <dt className="text-muted">Now</dt>
        <dd>{figure.exact}</dd>
        {before !== null && (
          <>
            <dt className="text-muted">{before}</dt>
            <dd>{figure.before}</dd>
          </>
        )}
      </dl>
    </div>
  )
}

const ARROWS = { up: ArrowUp, down: ArrowDown, same: Minus } as const
const WORDS = { up: "more than before", down: "less than before", same: "" } as const

function ChangeMark({ change, tip }: { change: Change; tip: string }) {
  const Arrow = ARROWS[change.direction]
  return (
    <span data-tip={tip} className="inline-flex items-center gap-0.5 whitespace-nowrap tabular-nums">
      <Arrow aria-hidden size={12} strokeWidth={2} />
      {change.text}
      <span className="sr-only">{WORDS[change.direction]}</span>
    </span>
  )
}
