import { KIND_NAMES, KINDS } from "@/components/notices/kinds"
import type { NoticeKind, Way } from "@/api/types"

import { WAYS, type Ways } from "./preferences"

const COLUMNS = "@2xl:grid @2xl:grid-cols-[minmax(0,1fr)_repeat(6,4.75rem)]"

interface WayTableProps {
  events: Ways
  onTurn: (kind: NoticeKind, way: Way) => void
  onTurnAll: (way: Way) => void
}

/** Each kind of event by each way; where there is no room for columns, the ways stand below the event. */
export function WayTable({ events, onTurn, onTurnAll }: WayTableProps) {
  return (
    <div className="@container">
      <div aria-hidden className={`hidden items-end border-b border-line pb-1.5 text-meta text-muted ${COLUMNS}`}>
        <span />
        {WAYS.map(({ way, label, meaning }) => (
          <span key={way} className="text-center" data-tip={meaning}>
            {label}
          </span>
        ))}
      </div>
      {KIND_NAMES.map((kind) => (
        <Row key={kind} kind={kind} events={events} onTurn={(way) => onTurn(kind, way)} />
      ))}
      <div className={`hidden items-center pt-1.5 ${COLUMNS}`}>
        <span className="text-meta text-muted">All of it, or none</span>
        {WAYS.map(({ way, label }) => (
          <button key={way} type="button" onClick={() => onTurnAll(way)} aria-label={`Turn all by ${label}`} className="mx-auto inline-flex h-6 items-center rounded-md px-2 text-meta text-accent-ink hover:bg-hover">
            Turn
          </button>
        ))}
      </div>
    </div>
  )
}

function Row({ kind, events, onTurn }: { kind: NoticeKind; events: Ways; onTurn: (way: Way) => void }) {
  const { label, meaning, icon: Icon } = KINDS[kind]
  return (
    <fieldset className="border-b border-line py-2.5 @2xl:py-2" data-kind={kind}>
      <legend className="sr-only">{label}</legend>
      <div className={`grid items-center gap-y-2 ${COLUMNS}`}>
        <div className="flex min-w-0 items-start gap-2.5">
          <Icon aria-hidden size={16} strokeWidth={1.5} className="mt-0.5 shrink-0 text-muted" />
          <p className="min-w-0">
            <span aria-hidden className="block font-medium">
              {label}
            </span>
            <span className="block text-meta text-muted">{meaning}</span>
          </p>
        </div>
        <div className="flex flex-wrap gap-x-4 gap-y-1 pl-6.5 @2xl:contents">
          {WAYS.map(({ way, label: name }) => (
            <label key={way} className="flex min-h-6 items-center gap-1.5 @2xl:min-h-9 @2xl:justify-center">
              <input type="checkbox" checked={events[kind]?.[way] ?? false} onChange={() => onTurn(way)} className="size-4 accent-accent" />
              <span className="text-meta @2xl:sr-only">{name}</span>
            </label>
          ))}
        </div>
      </div>
    </fieldset>
  )
}
