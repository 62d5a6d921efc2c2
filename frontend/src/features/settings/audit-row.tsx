import type { AuditEntry } from "@/api/types"
import { useNow } from "@/lib/clock"
import { at, instant } from "@/lib/format/times"

import { deedOf, detailOf } from "./audit-words"

/** One thing that somebody did. `names` are those of the members of now. */
export function AuditRow({ entry, names }: { entry: AuditEntry; names: ReadonlyMap<string, string> }) {
  const now = useNow()
  const whom = entry.target === null || entry.target === entry.actor_id ? undefined : names.get(entry.target)
  const detail = detailOf(entry, names)
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-0.5 py-2 sm:grid-cols-[8rem_10rem_minmax(0,1fr)_auto]" data-action={entry.action}>
      <time dateTime={entry.at} data-tip={instant(entry.at)} className="col-start-2 row-start-1 text-right text-muted tabular-nums sm:col-start-1 sm:text-left">
        {at(entry.at, now)}
      </time>
      <span className="col-start-1 row-start-1 truncate font-medium sm:col-start-2">{entry.actor_name ?? (entry.actor_id === null ? "The system" : "A deleted account")}</span>
      <span className="col-start-1 row-start-2 min-w-0 sm:col-start-3 sm:row-start-1">
        {deedOf(entry.action)}
        {whom && <span className="font-medium"> {whom}</span>}
        {detail && <span className="block text-meta break-words text-muted">{detail}</span>}
      </span>
      <code className="col-start-2 row-start-2 text-right font-mono text-meta text-muted sm:col-start-4 sm:row-start-1" tabIndex={0} data-tip={`Entry ${entry.n}\n${entry.hash}`}>
        {entry.hash.slice(0, 8)}
      </code>
    </li>
  )
}
