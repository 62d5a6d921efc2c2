import { useVirtualizer } from "@tanstack/react-virtual"
import { useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState } from "react"

import type { TimelineEvent } from "@/api/types"
import { Button } from "@/components/button"

import { columnsOf, tracksOf, type Lane } from "./lanes"
import { Step } from "./step"

const ROW_REM = 2
const AHEAD = 12

interface StepListProps {
  items: readonly TimelineEvent[]
  lanes: readonly Lane[]
  sessionId: string | null
  steps: { complete: boolean; busy: boolean; failed: boolean; more: () => void }
  /** The step that the address points at. */
  at: string | undefined
}

/** The steps in a box that scrolls by itself; only those in sight exist in the page. Earlier ones come as one nears them. */
export function StepList({ items, lanes, sessionId, steps, at }: StepListProps) {
  const boxRef = useRef<HTMLDivElement>(null)
  const rem = useRem()
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => boxRef.current,
    estimateSize: () => ROW_REM * rem,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: AHEAD,
  })
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rem])
  const rows = virtualizer.getVirtualItems()
  const tracks = useMemo(() => tracksOf(items, lanes), [items, lanes])
  const columns = columnsOf(lanes)
  useStillness(boxRef, items, ROW_REM * rem)
  const pointed = usePointed(at, items, steps, (index) => {
    virtualizer.scrollToIndex(index, { align: "center" })
    boxRef.current?.closest("section")?.scrollIntoView({ block: "nearest" })
  })
  const nearEnd = (rows.at(-1)?.index ?? 0) >= items.length - AHEAD * 2
  useFollow(nearEnd && !steps.complete && !steps.failed, steps.more)

  return (
    <>
      {pointed === "looking" && <p role="status" className="px-4 pb-2 text-meta text-muted">Looking for the step…</p>}
      {pointed === "none" && <p role="status" className="px-4 pb-2 text-meta text-muted">The step in the address is not in this timeline.</p>}
      <div ref={boxRef} className="max-h-[34rem] overflow-y-auto" tabIndex={0} role="group" aria-label="Steps, scrollable">
        <ol data-testid="timeline" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {rows.map((row) => {
            const event = items[row.index]
            return (
              event && (
                <li
                  key={row.key}
                  aria-setsize={steps.complete ? items.length : -1}
                  aria-posinset={row.index + 1}
                  className="absolute inset-x-0 top-0 [contain:size_layout_style]"
                  style={{ height: row.size, transform: `translateY(${row.start}px)` }}
                >
                  <Step event={event} index={row.index} tracks={tracks} columns={columns} sessionId={sessionId} pointed={event.id === at} />
                </li>
              )
            )
          })}
        </ol>
      </div>
      {!steps.complete && (
        <div className="flex items-center gap-3 px-4 pt-2">
          <Button busy={steps.busy} onClick={steps.more}>
            {steps.failed ? "Try again" : "Show earlier"}
          </Button>
          {steps.failed && <span role="alert" className="text-critical-ink">The earlier steps could not be loaded.</span>}
        </div>
      )}
    </>
  )
}

/** Goes to the step once it is read, and reads on until it is. */
function usePointed(at: string | undefined, items: readonly TimelineEvent[], steps: StepListProps["steps"], go: (index: number) => void) {
  const index = at === undefined ? -1 : items.findIndex((event) => event.id === at)
  const gone = useRef<string>(undefined)
  const reveal = useEffectEvent(go)
  const found = index >= 0
  useEffect(() => {
    if (at === undefined || !found || gone.current === at) return
    gone.current = at
    reveal(index)
  }, [at, found, index])
  useFollow(at !== undefined && !found && !steps.complete && !steps.failed, steps.more)
  if (at === undefined || found) return "there"
  return steps.complete || steps.failed ? "none" : "looking"
}

/** Asks again and again, as long as it is wanted. */
function useFollow(wanted: boolean, more: () => void): void {
  const ask = useEffectEvent(more)
  useEffect(() => {
    if (wanted) ask()
  })
}

/** What comes in above must not push away what is being read. */
function useStillness(boxRef: React.RefObject<HTMLElement | null>, items: readonly TimelineEvent[], height: number): void {
  const top = useRef<string>(undefined)
  useLayoutEffect(() => {
    const box = boxRef.current
    const before = top.current
    top.current = items[0]?.id
    if (!box || before === undefined || box.scrollTop === 0) return
    const moved = items.findIndex((event) => event.id === before)
    if (moved > 0) box.scrollTop += moved * height
  }, [boxRef, items, height])
}

function useRem(): number {
  const [rem] = useState(() => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16)
  return rem
}
