import { useRouter } from "@tanstack/react-router"
import { useEffect } from "react"

import { useApi } from "@/api/context"
import { pathOf } from "@/components/notices/path"
import type { NoticeFrame } from "@/lib/live/frames"

/** Shows what comes as a notification of the browser, where the person chose that and looks elsewhere. */
export function NoticePush() {
  const { told } = useApi()
  const router = useRouter()
  useEffect(
    () =>
      told.listen((frame) => {
        if (!frame.data.push || document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return
        show(frame, (path) => router.history.push(path))
      }),
    [told, router],
  )
  return null
}

function show({ data: { notification } }: NoticeFrame, go: (path: string) => void): void {
  const shown = new Notification(notification.title, { body: notification.text, tag: notification.id, icon: "/icon.svg" })
  shown.onclick = () => {
    window.focus()
    go(pathOf(notification.link))
    shown.close()
  }
}
