import { useRouter } from "@tanstack/react-router"
import type { MouseEvent } from "react"

import type { Notice } from "@/api/types"
import { Ago } from "@/components/ago"
import { classes } from "@/lib/classes"

import { kindOf } from "./kinds"
import { pathOf } from "./path"

/** What somebody was told, which leads to what it is about. */
export function NoticeItem({ notice, onOpen }: { notice: Notice; onOpen: (notice: Notice) => void }) {
  const router = useRouter()
  const { icon: Icon, ink } = kindOf(notice.kind)
  const unread = notice.read_at === null
  const open = (event: MouseEvent) => {
    onOpen(notice)
    // Into another tab the browser goes by itself.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    router.history.push(pathOf(notice.link))
  }
  return (
    <a
      href={pathOf(notice.link)}
      onClick={open}
      data-testid="notice"
      data-kind={notice.kind}
      data-unread={unread}
      className="flex gap-2.5 rounded-md px-2 py-2 hover:bg-hover focus-visible:-outline-offset-2"
    >
      <Icon aria-hidden size={16} strokeWidth={1.5} className={classes("mt-0.5 shrink-0", ink)} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className={classes("break-words", unread && "font-semibold")}>
          {unread && <span className="sr-only">Unread: </span>}
          {notice.title}
        </span>
        {notice.text !== "" && <span className="line-clamp-2 text-meta break-words text-muted">{notice.text}</span>}
      </span>
      <span className="flex shrink-0 flex-col items-end gap-1 text-meta text-muted">
        <Ago iso={notice.created_at} />
        {unread && <span aria-hidden className="size-2 rounded-full bg-accent" />}
      </span>
    </a>
  )
}
