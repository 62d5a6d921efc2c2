import { useNavigate } from "@tanstack/react-router"
import { useEffect, useEffectEvent } from "react"

import { homeChannel, useApi, useUser } from "@/api/context"
import type { Session } from "@/api/types"
import { titleOf } from "@/components/session/wording"
import { chosenAlerts } from "@/lib/alerts"
import { chime } from "@/lib/chime"

const LOOK_EVERY_MS = 300

/** Tells by notification and sound, where they were chosen, that a session of this person begins to wait. */
export function WaitingAlerts() {
  const { sessions } = useApi()
  const user = useUser()
  const channel = homeChannel(user)
  const navigate = useNavigate()
  const alert = useEffectEvent((fresh: readonly Session[]) => {
    const ways = chosenAlerts()
    if (ways.includes("sound")) chime()
    // Who looks at the page sees it there.
    if (ways.includes("notification") && !document.hasFocus()) {
      for (const session of fresh) notify(session, () => void navigate({ to: "/sessions/$id", params: { id: session.id } }))
    }
  })
  useEffect(() => {
    let known: ReadonlySet<string> | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      timer = undefined
      if (!sessions.channel(channel).loaded) return
      const waiting = [...sessions.ids(channel)].flatMap((id) => {
        const session = sessions.get(id)
        return session?.status === "waiting" && session.user_id === user.id ? [session] : []
      })
      const before = known
      known = new Set(waiting.map((session) => session.id))
      // What waited when the page was opened is no news.
      const fresh = before ? waiting.filter((session) => !before.has(session.id)) : []
      if (fresh.length > 0) alert(fresh)
    }
    // A busy team changes a thousand times a second: one look is enough for all that came meanwhile.
    const end = sessions.watchAll(() => (timer ??= setTimeout(look, known ? LOOK_EVERY_MS : 0)))
    return () => {
      end()
      clearTimeout(timer)
    }
  }, [sessions, channel, user.id])
  return null
}

function notify(session: Session, open: () => void): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return
  const shown = new Notification(`${titleOf(session)} needs you`, {
    body: session.status_reason ?? "",
    tag: session.id,
    icon: "/icon.svg",
  })
  shown.onclick = () => {
    window.focus()
    open()
    shown.close()
  }
}
