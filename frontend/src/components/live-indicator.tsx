import { RotateCw } from "lucide-react"

import { useApi } from "@/api/context"
import { classes } from "@/lib/classes"
import { useNow } from "@/lib/clock"
import { at } from "@/lib/format/times"
import type { Phase } from "@/lib/live/connection"
import { useLiveState } from "@/lib/live/react"

const SHOWN: Record<Phase, { state: "live" | "reconnecting" | "stale"; dot: string; tip: string }> = {
  live: { state: "live", dot: "bg-good", tip: "Changes appear here as they happen." },
  connecting: { state: "reconnecting", dot: "bg-warning", tip: "Opening the live connection." },
  reconnecting: { state: "reconnecting", dot: "bg-warning", tip: "The connection was lost and is being made again." },
  stale: { state: "stale", dot: "bg-faint", tip: "What you see may be out of date. It is still being tried." },
}

/** Whether what is on the page is current. Never hidden. */
export function LiveIndicator() {
  const { live } = useApi()
  const { phase, since, refused } = useLiveState(live)
  const now = useNow()
  const { state, dot, tip } = SHOWN[phase]
  const words = {
    live: "Live",
    connecting: "Connecting…",
    reconnecting: "Reconnecting…",
    stale: since === null ? "Not connected" : `Stale since ${at(new Date(since).toISOString(), now)}`,
  }
  return (
    <div className="flex shrink-0 items-center gap-1 text-meta text-muted">
      <span
        data-testid="live-indicator"
        data-state={state}
        data-tip={refused ? "The server refused the live connection." : tip}
        className="inline-flex items-center gap-1.5 whitespace-nowrap"
      >
        <span aria-hidden className={classes("size-2 rounded-full", dot)} />
        {words[phase]}
      </span>
      {phase === "stale" && (
        <button
          type="button"
          onClick={() => live.retry()}
          className="inline-flex h-6 items-center gap-1 rounded-md px-1.5 text-accent-ink hover:bg-hover"
        >
          <RotateCw aria-hidden size={12} strokeWidth={1.5} />
          Retry
        </button>
      )}
    </div>
  )
}
