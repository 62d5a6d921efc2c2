import { useEffect, useState } from "react"

import { homeChannel, useApi, useUser } from "@/api/context"

const SPEAK_EVERY_MS = 10_000

/** Says to a screen reader who needs this person, at most once in ten seconds. */
export function Speaker() {
  const { sessions } = useApi()
  const user = useUser()
  const channel = homeChannel(user)
  const [words, setWords] = useState("")
  useEffect(() => {
    let known: ReadonlySet<string> | null = null
    const timer = setInterval(() => {
      if (!sessions.channel(channel).loaded) return
      const waiting = [...sessions.ids(channel)].filter((id) => {
        const session = sessions.get(id)
        return session?.status === "waiting" && session.user_id === user.id
      })
      const before = known
      const fresh = before ? waiting.filter((id) => !before.has(id)) : []
      known = new Set(waiting)
      const one = fresh[0]
      if (one !== undefined) setWords(fresh.length === 1 ? `${sessions.get(one)?.title ?? "A session"} needs you` : `${fresh.length} sessions need you`)
    }, SPEAK_EVERY_MS)
    return () => clearInterval(timer)
  }, [sessions, channel, user.id])
  return (
    <p aria-live="polite" className="sr-only">
      {words}
    </p>
  )
}
