import { useQuery } from "@tanstack/react-query"
import { getRouteApi } from "@tanstack/react-router"
import { useEffect, useRef, useState, useSyncExternalStore, type RefObject } from "react"

import { homeChannel, useApi, useUser } from "@/api/context"
import { sessionList } from "@/api/sessions"
import { Button } from "@/components/button"
import { Loading, Skeleton } from "@/components/skeleton"
import { Failure } from "@/components/notice"
import { Page } from "@/components/page"
import { counted } from "@/lib/format/numbers"
import { useChannel, useLiveState } from "@/lib/live/react"

import { Board, type BoardView } from "./board"
import { EARLIER, useEarlier, type Earlier } from "./earlier"
import { NothingHere, NothingMatches, NoTeam } from "./empty"
import { boardSearch, isNarrowed, serverFilter, type BoardFilter } from "./filter"
import { Reader } from "./reader"
import { SessionList } from "./session-list"
import { Toolbar } from "./toolbar"

const route = getRouteApi("/app/")

/** "What runs, and who needs me?" */
export function DashboardPage() {
  const { team_id } = useUser()
  if (team_id !== null) return <TeamDashboard />
  return (
    <Page wide title="Dashboard">
      <NoTeam />
    </Page>
  )
}

function TeamDashboard() {
  // The router hands on beside the checked search what stood raw in the URL.
  const search = boardSearch({ ...route.useSearch() })
  const user = useUser()
  const { sessions } = useApi()
  const channel = homeChannel(user)
  const [board] = useState(() => new Board(sessions, [channel, EARLIER], user.id))
  const view = useSyncExternalStore(board.watch, board.read)
  const { loaded, failure, retry } = useSessions(channel, search)
  const listRef = useRef<HTMLUListElement>(null)
  const narrowing = JSON.stringify([search.q, search.user, search.tag, search.tool, search.status])
  useEffect(() => {
    const [q, ...rest] = JSON.parse(narrowing) as [string | null, ...(string[] | null)[]]
    board.narrow(filterOf(q, rest))
  }, [board, narrowing])
  useQuietArrangement(board, view, listRef)
  const earlier = useEarlier(search, () => board.arrange())

  return (
    <Page wide title="Dashboard" answer={loaded && <Answer view={view} />}>
      {loaded && view.total > 0 && <Toolbar search={search} board={view} />}
      <NewPill view={view} onPress={() => board.arrange()} />
      {!loaded && failure !== null && <Failure title="The sessions could not be loaded" error={failure} retry={retry} />}
      {!loaded && failure === null && <Waiting />}
      {loaded && view.total === 0 && <NothingHere earlier={earlier.offered && <EarlierButton earlier={earlier} />} />}
      {loaded && view.total > 0 && view.ids.length === 0 && isNarrowed(search) && <NothingMatches total={view.total} />}
      {loaded && view.ids.length > 0 && (
        <div className="flex-1 pb-6">
          <SessionList ids={view.ids} view={search.view ?? "grid"} me={user.id} listRef={listRef} />
        </div>
      )}
      {loaded && view.total > 0 && earlier.offered && (
        <div className="flex justify-center pb-8">
          <EarlierButton earlier={earlier} />
        </div>
      )}
    </Page>
  )
}

/** The socket's snapshot; over HTTP when no socket can be had. Narrowed on the server only where not all would fit. */
function useSessions(channel: string, filter: BoardFilter) {
  const api = useApi()
  const { live, sessions } = api
  const { loaded, truncated, refused } = useChannel(sessions, channel)
  const { phase } = useLiveState(live)
  const [wasTruncated, setWasTruncated] = useState(false)
  if (truncated && !wasTruncated) setWasTruncated(true)
  const filters = JSON.stringify(wasTruncated ? serverFilter(filter) : {})
  useEffect(() => {
    if (wasTruncated) live.subscribe(channel, JSON.parse(filters) as object)
  }, [live, channel, filters, wasTruncated])
  const list = useQuery({ ...sessionList(api), enabled: !loaded && (phase === "stale" || refused) })
  const { data } = list
  useEffect(() => {
    if (data && !sessions.channel(channel).loaded) sessions.fill(channel, data.items, data.next_cursor !== null)
  }, [data, sessions, channel])
  return { loaded, failure: list.error, retry: () => void list.refetch() }
}

function Answer({ view }: { view: BoardView }) {
  const { waiting, error, active } = view.statuses
  const parts = [
    waiting > 0 && `${waiting} ${waiting === 1 ? "needs" : "need"} somebody`,
    error > 0 && counted(error, "error"),
    active > 0 && `${active} working`,
  ].filter(Boolean)
  return <p>{parts.length > 0 ? parts.join(" · ") : "Nothing needs anybody right now"}</p>
}

/** Live changes never move a card: they offer a new order here. */
function NewPill({ view, onPress }: { view: BoardView; onPress: () => void }) {
  const parts = [
    view.needs > 0 && `${view.needs} ${view.needs === 1 ? "needs" : "need"} you`,
    view.fresh > 0 && `${view.fresh} new`,
  ].filter(Boolean)
  return (
    <div className="pointer-events-none sticky top-2 z-20 -mb-8 flex h-8 justify-center" aria-live="polite">
      {parts.length > 0 && (
        <button
          type="button"
          onClick={onPress}
          className="pointer-events-auto h-8 animate-appear rounded-full bg-accent px-4 text-body font-medium text-on-accent shadow-floating hover:bg-accent-strong"
        >
          {parts.join(" · ")}
        </button>
      )}
    </div>
  )
}

/** Brings in what is due when nobody is at the list, so that a page on a wall shows who needs help. */
function useQuietArrangement(board: Board, view: BoardView, listRef: RefObject<HTMLUListElement | null>) {
  const shown = view.ids.length > 0
  useEffect(() => {
    const list = listRef.current
    const scroller = list?.closest<HTMLElement>("[data-scroller]")
    if (!shown || !list || !scroller) return
    const reader = new Reader(list, scroller)
    const end = reader.listen()
    const timer = setInterval(() => {
      if (board.read().outdated && !reader.isReading()) board.arrange()
    }, 1_000)
    return () => {
      end()
      clearInterval(timer)
    }
  }, [board, shown, listRef])
}

function EarlierButton({ earlier }: { earlier: Earlier }) {
  return (
    <>
      {earlier.failed && (
        <p role="alert" className="self-center pr-3 text-critical-ink">
          The earlier sessions could not be loaded.
        </p>
      )}
      <Button busy={earlier.busy} onClick={earlier.more}>
        {earlier.failed ? "Try again" : "Show earlier sessions"}
      </Button>
    </>
  )
}

function Waiting() {
  return (
    <>
      <Loading label="Loading sessions" />
      <Skeleton className="mb-3 h-8 w-72" />
      <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,320px),1fr))] gap-4">
        {Array.from({ length: 8 }, (_, index) => (
          <Skeleton key={index} className="h-46 rounded-card" />
        ))}
      </div>
    </>
  )
}

function filterOf(q: string | null, [user, tag, tool, status]: (string[] | null)[]): BoardFilter {
  return {
    ...(q ? { q } : {}),
    ...(user ? { user } : {}),
    ...(tag ? { tag } : {}),
    ...(tool ? { tool } : {}),
    ...(status ? { status: status as NonNullable<BoardFilter["status"]> } : {}),
  }
}
