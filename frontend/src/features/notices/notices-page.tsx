import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { BellOff, SlidersHorizontal } from "lucide-react"

import { useApi, useUser } from "@/api/context"
import { noticeList, unreadCount, useReadNotices } from "@/api/notices"
import type { User } from "@/api/types"
import { Button, buttonClasses } from "@/components/button"
import { Endless } from "@/components/endless"
import { NoTeam } from "@/components/no-team"
import { NoticeItem } from "@/components/notices/notice-item"
import { Empty } from "@/components/notice"
import { Page } from "@/components/page"
import { Part } from "@/components/section"
import { classes } from "@/lib/classes"

import { AlertList } from "./alert-list"
import { noticeSearch, type NoticeSearch } from "./search"

const route = getRouteApi("/app/notifications")
const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const

/** "What was I told, and what is still open?" */
export function NoticesPage() {
  const user = useUser()
  const search = noticeSearch({ ...route.useSearch() })
  const unread = useQuery({ ...unreadCount(useApi()), enabled: user.team_id !== null }).data
  const answer = unread === undefined ? undefined : unread === 0 ? "You have read everything" : `${unread} not read`
  if (user.team_id === null) {
    return (
      <Page title="Notifications">
        <NoTeam />
      </Page>
    )
  }
  return (
    <Page
      title="Notifications"
      answer={answer}
      actions={
        <Link to="/settings/notifications" aria-label="What to be told" data-tip="What to be told, and where" className={buttonClasses("secondary", true)}>
          <SlidersHorizontal {...ICON} />
        </Link>
      }
    >
      <div className="w-full max-w-3xl pb-8">
        <nav aria-label="Notifications" className="mb-3 flex gap-1 border-b border-line">
          <Tab search={{}} chosen={search.show === undefined} label="Told to you" />
          <Tab search={{ show: "alerts" }} chosen={search.show === "alerts"} label="Alerts" />
        </nav>
        {search.show === "alerts" ? <AlertList search={search} user={user} /> : <Told search={search} user={user} unread={unread ?? 0} />}
      </div>
    </Page>
  )
}

function Tab({ search, chosen, label }: { search: NoticeSearch; chosen: boolean; label: string }) {
  return (
    <Link
      to="/notifications"
      search={search}
      aria-current={chosen ? "page" : undefined}
      className={classes(
        "-mb-px shrink-0 rounded-t-md border-b-2 px-3 py-2 focus-visible:outline-offset-[-2px]",
        chosen ? "border-accent font-medium" : "border-transparent text-muted hover:text-text",
      )}
    >
      {label}
    </Link>
  )
}

function Told({ search, unread }: { search: NoticeSearch; user: User; unread: number }) {
  const only = search.unread === "true"
  const notices = useInfiniteQuery(noticeList(useApi(), only))
  const read = useReadNotices()
  const held = notices.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <Link
          to="/notifications"
          search={only ? {} : { unread: "true" }}
          aria-current={only ? "true" : undefined}
          className={classes(buttonClasses("secondary"), "font-normal", only && "border-accent! bg-accent-soft!")}
        >
          Only unread
        </Link>
        {unread > 0 && (
          <Button className="ml-auto" busy={read.isPending} onClick={() => read.mutate("all")}>
            Read all
          </Button>
        )}
      </div>
      <Part query={notices} failure="The notifications could not be loaded" lines={8}>
        {() =>
          held.length === 0 ? (
            <Empty title={only ? "You have read everything" : "Nothing yet"} icon={<BellOff aria-hidden size={24} strokeWidth={1.5} />}>
              {only ? "What comes next is told here." : "What needs you, and what your team learns, is told here as it happens. You choose of what, and where else."}
            </Empty>
          ) : (
            <ul aria-label="Notifications" className="rounded-card border border-line bg-surface p-1">
              {held.map((notice) => (
                <li key={notice.id}>
                  <NoticeItem notice={notice} onOpen={() => notice.read_at === null && read.mutate([notice.id])} />
                </li>
              ))}
            </ul>
          )
        }
      </Part>
      <Endless query={notices} label="Show earlier" />
    </>
  )
}
