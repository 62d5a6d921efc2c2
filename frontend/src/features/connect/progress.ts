import { useCallback, useSyncExternalStore } from "react"

import type { Session } from "@/api/types"
import type { LiveStore } from "@/lib/live/store"

/** How many sessions of this person the dashboard has, and how many of those the team may see. */
export function useProgress(store: LiveStore<Session>, channel: string, userId: string): { own: number; shared: number } {
  const watch = useCallback((listener: () => void) => store.watchAll(listener), [store])
  const text = useSyncExternalStore(watch, () => {
    const own = [...store.ids(channel)].flatMap((id) => store.get(id) ?? []).filter((session) => session.user_id === userId)
    return `${own.length} ${own.filter((session) => session.visibility !== "private").length}`
  })
  const [own = 0, shared = 0] = text.split(" ").map(Number)
  return { own, shared }
}
