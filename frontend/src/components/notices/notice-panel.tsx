import { useInfiniteQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"

import { useApi } from "@/api/context"
import { noticeList, useReadNotices } from "@/api/notices"
import { Button } from "@/components/button"
import { Part } from "@/components/section"

import { NoticeItem } from "./notice-item"

const SHOWN = 8

/** The latest that the person was told, at hand on every page. */
export function NoticePanel({ onDone }: { onDone: () => void }) {
  const notices = useInfiniteQuery(noticeList(useApi()))
  const read = useReadNotices()
  const held = (notices.data?.pages[0]?.items ?? []).slice(0, SHOWN)
  const unread = notices.data?.pages[0]?.unread ?? 0
  return (
    <div className="w-[min(22rem,calc(100vw-3rem))]">
      <div className="flex h-8 items-center justify-between gap-2">
        <h2 className="text-prose font-semibold">Notifications</h2>
        {unread > 0 && (
          <Button look="ghost" onClick={() => read.mutate("all")}>
            Read all
          </Button>
        )}
      </div>
      <div className="-mx-1 my-1">
        <Part query={notices} failure="The notifications could not be loaded" lines={5}>
          {() =>
            held.length === 0 ? (
              <p className="px-2 py-6 text-center text-muted">Nothing yet. What needs you, and what your team learns, is told here.</p>
            ) : (
              <ul aria-label="Latest notifications">
                {held.map((notice) => (
                  <li key={notice.id}>
                    <NoticeItem
                      notice={notice}
                      onOpen={() => {
                        if (notice.read_at === null) read.mutate([notice.id])
                        onDone()
                      }}
                    />
                  </li>
                ))}
              </ul>
            )
          }
        </Part>
      </div>
      <div className="flex items-center justify-between gap-2 border-t border-line pt-2 text-meta">
        <Link to="/notifications" onClick={onDone} className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-2">
          All notifications
        </Link>
        <Link to="/notifications" search={{ show: "alerts" }} onClick={onDone} className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-2">
          Alerts
        </Link>
        <Link to="/settings/notifications" onClick={onDone} className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-2">
          What to be told
        </Link>
      </div>
    </div>
  )
}
