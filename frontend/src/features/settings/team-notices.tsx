import { useState } from "react"

import type { TeamSettings } from "@/api/types"
import { text } from "@/components/form"

import { defaultsWith, turned, turnedAll, usualWays, type Defaults, type Ways } from "./preferences"
import { WayTable } from "./way-table"

const FIELD = "notification_defaults"

/** How those are told who have chosen nothing themselves. */
export function NoticeFields({ settings }: { settings: TeamSettings }) {
  const kept = settings.notification_defaults ?? {}
  const [events, setEvents] = useState<Ways>(() => usualWays(kept))
  return (
    <details className="group">
      <summary className="inline-flex min-h-6 cursor-pointer items-center text-accent-ink">Choose for each event</summary>
      <div className="mt-2">
        <WayTable events={events} onTurn={(kind, way) => setEvents(turned(events, kind, way))} onTurnAll={(way) => setEvents(turnedAll(events, way))} />
      </div>
      <input type="hidden" name={FIELD} value={JSON.stringify(defaultsWith(kept, events))} />
    </details>
  )
}

/** What the fields say, as the server keeps it. */
export function noticesOf(values: FormData): { notification_defaults: Defaults } {
  return { notification_defaults: JSON.parse(text(values, FIELD) || "{}") as Defaults }
}
