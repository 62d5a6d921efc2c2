import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual"
import { memo, useLayoutEffect, useMemo, useState, type RefObject } from "react"

import { useApi } from "@/api/context"
import { scrollerOf, useScrollBox } from "@/components/scroll-box"
import { useItem } from "@/lib/live/react"

import { rowOf, rowsOf } from "./grid-rows"
import type { Group } from "./order"
import { SessionRow } from "./row"
import { SessionCard } from "./session-card"
import { useWalk } from "./walk"

const LAYOUT = {
  grid: { heightRem: 11.5, gap: 16, minWidth: 320 },
  list: { heightRem: 2.75, gap: 0, minWidth: Infinity },
} as const
const HEADING_REM = 2

interface GridProps {
  groups: readonly Group[]
  ids: readonly string[]
  view: keyof typeof LAYOUT
  me: string
  listRef: RefObject<HTMLUListElement | null>
}

/** The cards, of which only those in sight exist in the page. `j` and `k` walk through all of them. */
export function LiveSessionGrid({ groups, ids, view, me, listRef }: GridProps) {
  const { heightRem, gap, minWidth } = LAYOUT[view]
  const { width, margin, rem } = useScrollBox(listRef)
  const columns = Math.max(1, Math.floor((width + gap) / (minWidth + gap)))
  const rows = useMemo(() => rowsOf(groups, columns), [groups, columns])
  const places = useMemo(() => new Map(ids.map((id, index) => [id, index])), [ids])
  const [focused, setFocused] = useState<string | null>(null)
  const focusedRow = rowOf(rows, focused)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollerOf(listRef.current),
    estimateSize: (index) => (rows[index]?.kind === "heading" ? HEADING_REM : heightRem) * rem,
    getItemKey: (index) => rows[index]?.key ?? index,
    gap,
    overscan: 4,
    scrollMargin: margin,
    // The focused card stays in the page when it is scrolled away, or the keyboard would lose its place.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range)
      return focusedRow < 0 || shown.includes(focusedRow) ? shown : [...shown, focusedRow].sort((a, b) => a - b)
    },
  })
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, heightRem, rem, gap, rows])
  useWalk(ids, listRef, (id) => virtualizer.scrollToIndex(rowOf(rows, id)))

  return (
    <ul
      ref={listRef}
      aria-label="Sessions"
      className="relative"
      style={{ height: virtualizer.getTotalSize() }}
      onFocus={(event) => setFocused(event.target.closest("li")?.dataset.id ?? null)}
      onBlur={() => setFocused(null)}
    >
      {virtualizer.getVirtualItems().flatMap(({ index, start, size }) => {
        const row = rows[index]
        const place = { top: start - margin, height: size }
        if (!row) return []
        if (row.kind === "heading") return [<Heading key={row.key} label={row.label} count={row.count} place={place} />]
        return row.ids.map((id, column) => (
          <li
            key={id}
            data-id={id}
            aria-setsize={ids.length}
            aria-posinset={(places.get(id) ?? 0) + 1}
            className="absolute [contain:size_layout_style]"
            style={{
              ...place,
              left: `calc(${column} * (100% + ${gap}px) / ${columns})`,
              width: `calc((100% - ${(columns - 1) * gap}px) / ${columns})`,
            }}
          >
            <Item id={id} view={view} me={me} />
          </li>
        ))
      })}
    </ul>
  )
}

function Heading({ label, count, place }: { label: string; count: number; place: { top: number; height: number } }) {
  return (
    <li className="absolute inset-x-0 flex items-end gap-2 pb-1" style={place} data-testid="group">
      <h2 className="min-w-0 truncate text-prose font-semibold">{label}</h2>
      <span className="text-body text-muted tabular-nums">{count}</span>
    </li>
  )
}

const Item = memo(function Item({ id, view, me }: { id: string; view: GridProps["view"]; me: string }) {
  const session = useItem(useApi().sessions, id)
  if (!session) return <Gone />
  return view === "grid" ? <SessionCard session={session} me={me} /> : <SessionRow session={session} me={me} />
})

/** The place of a card whose session went away; nothing of its content is left. */
export function Gone() {
  return (
    <div className="flex h-full items-center justify-center rounded-card border border-dashed border-line text-meta text-muted">No longer visible</div>
  )
}
