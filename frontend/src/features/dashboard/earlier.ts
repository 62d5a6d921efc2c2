import { useInfiniteQuery } from "@tanstack/react-query"
import { useEffect, useEffectEvent, useState } from "react"

import { useApi } from "@/api/context"
import { endedSessions, type EndedQuery } from "@/api/sessions"
import type { Tool } from "@/api/types"
import { TOOLS } from "@/components/session/tools"

import type { BoardFilter } from "./filter"

/** The store's shelf for sessions that ended more than a day ago: the socket does not send them. */
export const EARLIER = "page:earlier"

export interface Earlier {
  /** There may be more, and asking for it makes sense under this filter. */
  offered: boolean
  busy: boolean
  failed: boolean
  more: () => void
}

/** Ended sessions further back, brought in when they are asked for. */
export function useEarlier(filter: BoardFilter, onArrival: () => void): Earlier {
  const api = useApi()
  const { sessions } = api
  const [asked, setAsked] = useState(false)
  const query = useInfiniteQuery({ ...endedSessions(api, endedQuery(filter)), enabled: asked })
  const { data } = query
  const arrived = useEffectEvent(onArrival)
  useEffect(() => {
    if (!data) return
    sessions.shelve(EARLIER, data.pages.flatMap((page) => page.items))
    arrived()
  }, [data, sessions])
  const wantsEnded = !filter.status || filter.status.includes("ended")
  return {
    offered: wantsEnded && (!asked || query.hasNextPage || query.isError),
    busy: query.isFetching,
    failed: query.isError,
    more: () => {
      if (!asked) setAsked(true)
      else void (query.isError ? query.refetch() : query.fetchNextPage())
    },
  }
}

function endedQuery({ q, user, tool, tag }: BoardFilter): EndedQuery {
  const tools = tool?.filter((name): name is Tool => name in TOOLS)
  return {
    ...(q ? { q } : {}),
    ...(user ? { user_id: user } : {}),
    ...(tools && tools.length > 0 ? { tool: tools } : {}),
    ...(tag ? { tag } : {}),
  }
}
