import { useVirtualizer } from "@tanstack/react-virtual"
import { memo, useLayoutEffect, useRef, useState, type RefObject } from "react"

import { useApi } from "@/api/context"
import type { Status } from "@/api/types"
import { StatusLabel } from "@/components/session/status-mark"
import { STATUSES } from "@/components/session/wording"
import { useItem } from "@/lib/live/react"

import { Gone } from "./live-session-grid"
import { STATUS_WORDS, type Group } from "./order"
import { SessionTile } from "./session-tile"
import { useWalk } from "./walk"

const TILE_REM = 6.25
const GAP = 8
const NONE: readonly string[] = []

interface BoardProps {
  groups: readonly Group[]
  ids: readonly string[]
  me: string
  listRef: RefObject<HTMLUListElement | null>
}

/** A column for each status. Status is what a session does: tiles cannot be moved by hand, and move when the list is arranged. */
export function SessionBoard({ groups, ids, me, listRef }: BoardProps) {
  const reveals = useRef(new Map<Status, (index: number) => void>())
  const idsOf = (status: Status) => groups.find((group) => group.key === `status:${status}`)?.ids ?? NONE
  useWalk(ids, listRef, (id) => {
    for (const status of STATUSES) {
      const index = idsOf(status).indexOf(id)
      if (index >= 0) reveals.current.get(status)?.(index)
    }
  })
  return (
    <ul ref={listRef} aria-label="Statuses" className="grid h-full min-h-80 auto-cols-[minmax(13rem,1fr)] grid-flow-col gap-3 overflow-x-auto pb-1">
      {STATUSES.map((status) => (
        <Column key={status} status={status} ids={idsOf(status)} me={me} onReveal={(reveal) => void reveals.current.set(status, reveal)} />
      ))}
    </ul>
  )
}

interface ColumnProps {
  status: Status
  ids: readonly string[]
  me: string
  onReveal: (reveal: (index: number) => void) => void
}

function Column({ status, ids, me, onReveal }: ColumnProps) {
  const box = useRef<HTMLDivElement>(null)
  const [rem] = useState(() => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16)
  const virtualizer = useVirtualizer({
    count: ids.length,
    getScrollElement: () => box.current,
    estimateSize: () => TILE_REM * rem,
    getItemKey: (index) => ids[index] ?? index,
    gap: GAP,
    overscan: 4,
  })
  useLayoutEffect(() => {
    onReveal((index) => virtualizer.scrollToIndex(index))
  })
  return (
    <li data-testid="column" data-status={status} className="flex min-h-0 flex-col rounded-card border border-line bg-canvas">
      <h2 className="flex items-center gap-2 px-3 py-2">
        <StatusLabel status={status} label={STATUS_WORDS[status]} />
        <span className="text-muted tabular-nums">{ids.length}</span>
      </h2>
      <div ref={box} tabIndex={ids.length > 0 ? 0 : -1} role="group" aria-label={`${STATUS_WORDS[status]}, scrollable`} className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        <ul aria-label={`Sessions: ${STATUS_WORDS[status]}`} className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start, size, key }) => (
            <li
              key={key}
              data-id={ids[index]}
              aria-setsize={ids.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 [contain:size_layout_style]"
              style={{ top: start, height: size }}
            >
              <Tile id={ids[index] ?? ""} me={me} />
            </li>
          ))}
        </ul>
      </div>
    </li>
  )
}

const Tile = memo(function Tile({ id, me }: { id: string; me: string }) {
  const session = useItem(useApi().sessions, id)
  return session ? <SessionTile session={session} me={me} /> : <Gone />
})
