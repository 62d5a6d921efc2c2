import { useEffect } from "react"

import { homeChannel, useApi, useUser } from "@/api/context"

// What it is told goes by this channel; the sessions that it has besides are on the other socket already.
const NO_SESSIONS = { status: [] }

/** The sockets live as long as somebody is signed in, whatever page is open. */
export function useLive(): void {
  const { live, news } = useApi()
  const user = useUser()
  const channel = homeChannel(user)
  const own = user.team_id === null ? null : `user:${user.id}`
  useEffect(() => {
    live.subscribe(channel)
    live.start()
    if (own !== null) {
      news.subscribe(own, NO_SESSIONS)
      news.start()
    }
    const back = () => {
      if (document.hidden) return
      live.retry()
      news.retry()
    }
    window.addEventListener("online", back)
    document.addEventListener("visibilitychange", back)
    return () => {
      window.removeEventListener("online", back)
      document.removeEventListener("visibilitychange", back)
      live.stop()
      news.stop()
    }
  }, [live, news, channel, own])
}
