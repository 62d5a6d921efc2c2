import { useQuery } from "@tanstack/react-query"
import { Bell as BellIcon } from "lucide-react"
import { lazy, Suspense, useState } from "react"

import { useApi, useUser } from "@/api/context"
import { unreadCount } from "@/api/notices"
import { Popover } from "@/components/popover"
import { Skeleton } from "@/components/skeleton"
import { classes } from "@/lib/classes"

const NoticePanel = lazy(() => import("./notice-panel").then((module) => ({ default: module.NoticePanel })))
const MOST = 99

const LOOKS = {
  wide: "h-8 gap-2.5 px-3",
  narrow: "h-8 justify-center",
  small: "size-8 justify-center border border-line-strong bg-surface",
}

/** How much there is that the person has not read, live; pressed, what it is. On the rail, or where that is narrow on top of the page. */
export function Bell({ look }: { look: keyof typeof LOOKS }) {
  const { team_id: team } = useUser()
  const [open, setOpen] = useState(false)
  const unread = useQuery({ ...unreadCount(useApi()), enabled: team !== null }).data ?? 0
  if (team === null) return null
  const label = unread === 0 ? "Notifications" : `Notifications, ${unread} unread`
  const count = unread > MOST ? `${MOST}+` : String(unread)
  return (
    <Popover
      label="Notifications"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          data-testid="bell"
          data-unread={unread}
          aria-label={label}
          data-tip={look === "narrow" && !open ? label : undefined}
          className={classes("relative flex shrink-0 items-center rounded-md text-muted hover:bg-hover hover:text-text", LOOKS[look])}
        >
          <BellIcon aria-hidden size={16} strokeWidth={1.5} className="shrink-0" />
          {look === "wide" && <span className="flex-1 text-left">Notifications</span>}
          {unread > 0 && (
            // Drawn rather than written: the button is called by the word beside it.
            <span
              key={count}
              aria-hidden
              data-count={count}
              className={classes(
                "inline-flex h-4 min-w-4 animate-appear items-center justify-center rounded-full bg-accent px-1 text-[0.6875rem] leading-none font-semibold text-on-accent tabular-nums",
                "before:content-[attr(data-count)]",
                look !== "wide" && "absolute -top-0.5 left-1/2",
              )}
            />
          )}
        </button>
      }
    >
      <Suspense fallback={<Skeleton className="h-64 w-[min(22rem,calc(100vw-3rem))]" />}>
        <NoticePanel onDone={() => setOpen(false)} />
      </Suspense>
    </Popover>
  )
}
