import { useQueryClient } from "@tanstack/react-query"
import { useEffect, useRef } from "react"

import { useApi } from "@/api/context"
import { PARTS, sessionKeys } from "@/api/sessions"

const REFRESH_EVERY_MS = 4_000

/** Keeps one session current: its own frames by the socket, its parts read again when a new version came. */
export function useLiveSession(id: string, version: number | undefined): void {
  const { live } = useApi()
  const queries = useQueryClient()
  const seen = useRef<{ version: number; at: number } | null>(null)
  useEffect(() => {
    live.subscribe(`session:${id}`)
    return () => live.unsubscribe(`session:${id}`)
  }, [live, id])
  useEffect(() => {
    if (version === undefined) return
    const last = seen.current
    seen.current ??= { version, at: Date.now() }
    if (!last || last.version === version) return
    const wait = Math.max(0, last.at + REFRESH_EVERY_MS - Date.now())
    const timer = setTimeout(() => {
      seen.current = { version, at: Date.now() }
      for (const part of PARTS) {
        void queries.invalidateQueries({ queryKey: sessionKeys.part(id, part) })
      }
    }, wait)
    return () => clearTimeout(timer)
  }, [id, version, queries])
}
