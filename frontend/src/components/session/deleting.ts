import { useQueryClient } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import { Problem } from "@/api/problem"
import { deleteSession, sessionKeys } from "@/api/sessions"
import type { Session, User } from "@/api/types"
import { useLateDeed } from "@/components/late-deed"

import { titleOf } from "./wording"

/** Its owner, and of what the team sees an admin. */
export function mayDelete(session: Session, user: User): boolean {
  return user.role === "admin" || (session.user_id === user.id && user.role !== "viewer")
}

/** A session that is deleted for good never comes back, so nothing is sent while it may yet be taken back. */
export function useDeleting(): (session: Session) => void {
  const api = useApi()
  const queries = useQueryClient()
  const later = useLateDeed()
  return (session) => {
    const { id } = session
    const send = async () => {
      try {
        await deleteSession(api, id)
      } catch (error) {
        if (!(error instanceof Problem && error.status === 404)) throw error
      }
      api.sessions.remove(id)
      api.sessions.unhide(id)
      queries.removeQueries({ queryKey: sessionKeys.one(id) })
    }
    later({
      said: `“${titleOf(session)}” is deleted`,
      failed: "The session was not deleted.",
      hide: () => api.sessions.hide(id),
      show: () => api.sessions.unhide(id),
      send,
    })
  }
}
