import { Hourglass } from "lucide-react"
import { useEffect, useState, useSyncExternalStore } from "react"

import { useApi } from "@/api/context"

/** Says that the server has asked the page to wait, and for how long. */
export function SlowdownNotice() {
  const { slowdown } = useApi()
  const until = useSyncExternalStore(slowdown.onState, slowdown.state)
  return (
    <div role="status" className="pointer-events-none fixed inset-x-4 bottom-20 z-40 flex justify-center sm:bottom-4">
      {until !== null && (
        <p className="flex animate-appear items-center gap-2 rounded-card border border-line bg-raised px-4 py-2 text-body shadow-floating">
          <Hourglass aria-hidden size={16} strokeWidth={1.5} className="shrink-0 text-muted" />
          <span>
            Too many requests in a short time. The page waits, and goes on by itself
            <Countdown until={until} />.
          </span>
        </p>
      )}
    </div>
  )
}

/** Only for the eye: read out every second it would be a nuisance. */
function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [until])
  return (
    <span aria-hidden className="tabular-nums">
      {" "}
      in {Math.max(1, Math.ceil((until - now) / 1_000))} s
    </span>
  )
}
