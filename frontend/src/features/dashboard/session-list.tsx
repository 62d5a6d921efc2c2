import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual"
import { useNavigate } from "@tanstack/react-router"
import { memo, useLayoutEffect, useState, type RefObject } from "react"

import { useApi } from "@/api/context"
import { useShortcuts } from "@/lib/keys"
import { useItem } from "@/lib/live/react"

import { SessionCard } from "./card"
import { SessionRow } from "./row"

type View = "grid" | "list"

const LAYOUT = {
  grid: { heightRem: 11.5, gap: 16, minWidth: 320 },
  list: { heightRem: 2.75, gap: 0, minWidth: Infinity },
} as const

interface SessionListProps {
  ids: readonly string[]
  view: View
  me: string
  listRef: RefObject<HTMLUListElement | null>
}

/** The cards, of which only those in sight exist in the page. `j` and `k` walk through all of them. */
export function SessionList({ ids, view, me, listRef }: SessionListProps) {
  const { heightRem, gap, minWidth } = LAYOUT[view]
  const { width, margin, rem } = useBox(listRef)
  const columns = Math.max(1, Math.floor((width + gap) / (minWidth + gap)))
  const [focused, setFocused] = useState<string | null>(null)
  const focusedRow = focused === null ? -1 : Math.floor(ids.indexOf(focused) / columns)
  const virtualizer = useVirtualizer({
    count: Math.ceil(ids.length / columns),
    getScrollElement: () => scrollerOf(listRef.current),
    estimateSize: () => heightRem * rem,
    gap,
    overscan: 4,
    scrollMargin: margin,
    // The focused card stays in the page when it is scrolled away, or the keyboard would lose its place.
    rangeExtractor: (range) => {
      const rows = defaultRangeExtractor(range)
      return focusedRow < 0 || rows.includes(focusedRow) ? rows : [...rows, focusedRow].sort((a, b) => a - b)
    },
  })
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, heightRem, rem, gap, columns])
  useWalk(ids, listRef, (index) => virtualizer.scrollToIndex(Math.floor(index / columns)))

  return (
    <ul
      ref={listRef}
      aria-label="Sessions"
      className="relative"
      style={{ height: virtualizer.getTotalSize() }}
      onFocus={(event) => setFocused(event.target.closest("li")?.dataset.id ?? null)}
      onBlur={() => setFocused(null)}
    >
      {virtualizer.getVirtualItems().flatMap((row) =>
        ids.slice(row.index * columns, (row.index + 1) * columns).map((id, column) => (
          <li
            key={id}
            data-id={id}
            aria-setsize={ids.length}
            aria-posinset={row.index * columns + column + 1}
            className="absolute"
            style={{
              top: row.start - margin,
              height: row.size,
              left: `calc(${column} * (100% + ${gap}px) / ${columns})`,
              width: `calc((100% - ${(columns - 1) * gap}px) / ${columns})`,
            }}
          >
            <Item id={id} view={view} me={me} />
          </li>
        )),
      )}
    </ul>
  )
}

const Item = memo(function Item({ id, view, me }: { id: string; view: View; me: string }) {
  const session = useItem(useApi().sessions, id)
  if (!session) {
    return (
      <div className="flex h-full items-center justify-center rounded-card border border-dashed border-line text-meta text-muted">
        No longer visible
      </div>
    )
  }
  return view === "grid" ? <SessionCard session={session} me={me} /> : <SessionRow session={session} me={me} />
})

function useBox(listRef: RefObject<HTMLUListElement | null>) {
  const [box, setBox] = useState({ width: 0, margin: 0, rem: 16 })
  useLayoutEffect(() => {
    const list = listRef.current
    const scroller = scrollerOf(list)
    if (!list || !scroller) return
    const measure = () => {
      const margin = list.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16
      const next = { width: list.offsetWidth, margin: Math.round(margin), rem }
      setBox((held) => (JSON.stringify(held) === JSON.stringify(next) ? held : next))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(list)
    observer.observe(scroller)
    if (list.parentElement) observer.observe(list.parentElement)
    measure()
    return () => observer.disconnect()
  }, [listRef])
  return box
}

/** `j` and `k` move the focus over the cards, wherever it was; Escape gives it back to the page. */
function useWalk(ids: readonly string[], listRef: RefObject<HTMLUListElement | null>, reveal: (index: number) => void) {
  const navigate = useNavigate()
  const current = () => {
    const id = document.activeElement?.closest("li")?.dataset.id
    return id === undefined ? -1 : ids.indexOf(id)
  }
  const go = (step: number) => {
    const index = Math.min(Math.max(current() + step, 0), ids.length - 1)
    const id = ids[index]
    if (id === undefined) return
    reveal(index)
    focusSoon(listRef.current, id)
  }
  useShortcuts([
    { keys: "j", label: "Next session", run: () => go(1) },
    { keys: "k", label: "Previous session", run: () => go(current() < 0 ? 1 : -1) },
    {
      keys: "Enter",
      label: "Open session",
      run: () => {
        const id = ids[current()]
        if (id !== undefined) void navigate({ to: "/sessions/$id", params: { id } })
      },
      when: () => document.activeElement?.hasAttribute("data-card-link") === true,
    },
    { keys: "Escape", label: "Leave the list", run: () => (document.activeElement as HTMLElement | null)?.blur() },
  ])
}

/** The card may only come into the page with the next frames. */
function focusSoon(list: HTMLElement | null, id: string, tries = 10): void {
  const link = list?.querySelector<HTMLElement>(`li[data-id="${CSS.escape(id)}"] [data-card-link]`)
  if (link) link.focus({ preventScroll: true })
  else if (tries > 0) requestAnimationFrame(() => focusSoon(list, id, tries - 1))
}

function scrollerOf(list: HTMLElement | null): HTMLElement | null {
  return list?.closest<HTMLElement>("[data-scroller]") ?? null
}
