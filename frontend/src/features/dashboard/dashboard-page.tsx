import { useQuery } from "@tanstack/react-query"
import { getRouteApi } from "@tanstack/react-router"
import { lazy, Suspense, useEffect, useMemo, useRef, useState, useSyncExternalStore, type RefObject } from "react"

import { homeChannel, useApi, useUser } from "@/api/context"
import { sessionList } from "@/api/sessions"
import type { User } from "@/api/types"
import { Button } from "@/components/button"
import { Loading, Skeleton } from "@/components/skeleton"
import { NewsPill } from "@/components/news-pill"
import { NoTeam } from "@/components/no-team"
import { Failure } from "@/components/notice"
import { Page } from "@/components/page"
import { classes } from "@/lib/classes"
import { counted } from "@/lib/format/numbers"
import { useChannel, useLiveState } from "@/lib/live/react"

import { useActivityChoice } from "./activity-choice"
import { Board, type BoardView } from "./board"
import { useBoardCommands } from "./board-commands"
import { BoardMemory } from "./board-memory"
import { EARLIER, useEarlier, type Earlier } from "./earlier"
import { NothingHere, NothingMatches } from "./empty"
import { boardSearch, isNarrowed, serverFilter, type BoardFilter, type BoardSearch } from "./filter"
import { PinsContext } from "./pins"
import { QuickFilters } from "./quick-filters"
import { Reader } from "./reader"
import { TopActions } from "./top-actions"

const LiveSessionGrid = lazy(() => import("./live-session-grid").then((module) => ({ default: module.LiveSessionGrid })))
const SessionBoard = lazy(() => import("./session-board").then((module) => ({ default: module.SessionBoard })))
const ActivityPanel = lazy(() => import("./activity-panel").then((module) => ({ default: module.ActivityPanel })))
const route = getRouteApi("/app/")
const NONE: ReadonlySet<string> = new Set()

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
  const { memory, remembered, pins } = useBoardMemory(user)
  const [board] = useState(() => new Board(sessions, [channel, EARLIER], user.id))
  const view = useSyncExternalStore(board.watch, board.read)
  const { loaded, failure, retry } = useSessions(channel, search)
  const listRef = useRef<HTMLUListElement>(null)
  useQuestion(board, search, pins.pinned)
  const earlier = useEarlier(search, () => board.arrange())
  useBoardCommands(search, view, remembered.views)
  const columns = search.view === "board"
  const activity = useActivityChoice()

  return (
    <PinsContext value={pins}>
      <Page wide title="Dashboard" answer={loaded && <Answer view={view} />} actions={<TopActions memory={memory} views={remembered.views} search={search} activity={activity} />}>
        <div className={classes("flex flex-1 flex-col", activity.shown && "lg:flex-row lg:items-start lg:gap-4")}>
          {activity.shown && (
            <aside aria-label="Beside the sessions" className="order-last hidden w-72 shrink-0 pb-8 lg:block">
              <Suspense fallback={<Skeleton className="h-64 rounded-card" />}>
                <ActivityPanel team={user.team_id ?? ""} onClose={() => activity.show(false)} />
              </Suspense>
            </aside>
          )}
          <div className="flex min-w-0 flex-1 flex-col">
            {loaded && view.total > 0 && <QuickFilters search={search} board={view} />}
            <NewsPill text={newsOf(view)} onPress={() => board.arrange()} />
            {!loaded && failure !== null && <Failure title="The sessions could not be loaded" error={failure} retry={retry} />}
            {!loaded && failure === null && <Waiting />}
            {loaded && view.total === 0 && <NothingHere earlier={earlier.offered && <EarlierButton earlier={earlier} />} />}
            {loaded && view.total > 0 && view.ids.length === 0 && isNarrowed(search) && <NothingMatches total={view.total} />}
            {loaded && view.ids.length > 0 && (
              <div className={columns ? "h-[max(24rem,calc(100dvh-11rem))] pb-4" : "flex-1 pb-6"}>
                {columns ? (
                  <Suspense fallback={<Skeleton className="h-full rounded-card" />}>
                    <SessionBoard groups={view.groups} ids={view.ids} me={user.id} listRef={listRef} />
                    <QuietArrangement board={board} listRef={listRef} />
                  </Suspense>
                ) : (
                  <Suspense fallback={<Cards />}>
                    <LiveSessionGrid groups={view.groups} ids={view.ids} view={search.view === "list" ? "list" : "grid"} me={user.id} listRef={listRef} />
                    <QuietArrangement board={board} listRef={listRef} />
                  </Suspense>
                )}
              </div>
            )}
            {loaded && view.total > 0 && earlier.offered && (
              <div className="flex justify-center pb-8">
                <EarlierButton earlier={earlier} />
              </div>
            )}
          </div>
        </div>
      </Page>
    </PinsContext>
  )
}

/** Asks the board anew when the address or the pins are others. In columns the status is the group, and nothing stands above it. */
function useQuestion(board: Board, search: BoardSearch, pinned: ReadonlySet<string>) {
  const asked = JSON.stringify(search)
  useEffect(() => {
    const { group, view, ...filter } = JSON.parse(asked) as BoardSearch
    const columns = view === "board"
    board.ask({ filter, grouping: columns ? "status" : group, pinned: columns ? NONE : pinned })
  }, [board, asked, pinned])
}

function useBoardMemory(user: User) {
  const [memory] = useState(() => new BoardMemory(`board ${user.team_id ?? ""} ${user.id}`))
  const remembered = useSyncExternalStore(memory.watch, memory.read)
  useEffect(() => memory.listen(), [memory])
  const pins = useMemo(() => ({ pinned: remembered.pins, toggle: (id: string) => memory.togglePin(id) }), [memory, remembered.pins])
  return { memory, remembered, pins }
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

function newsOf(view: BoardView): string {
  const parts = [
    view.needs > 0 && `${view.needs} ${view.needs === 1 ? "needs" : "need"} you`,
    view.fresh > 0 && `${view.fresh} new`,
  ].filter(Boolean)
  return parts.join(" · ")
}

/** Brings in what is due when nobody is at the list beside it, so that a page on a wall shows who needs help. */
function QuietArrangement({ board, listRef }: { board: Board; listRef: RefObject<HTMLUListElement | null> }) {
  useEffect(() => {
    const list = listRef.current
    const scroller = list?.closest<HTMLElement>("[data-scroller]")
    if (!list || !scroller) return
    const reader = new Reader(list, scroller)
    const end = reader.listen()
    const timer = setInterval(() => {
      if (board.read().outdated && !reader.isReading()) board.arrange()
    }, 1_000)
    return () => {
      end()
      clearInterval(timer)
    }
  }, [board, listRef])
  return null
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
      <Cards />
    </>
  )
}

function Cards() {
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,320px),1fr))] gap-4">
      {Array.from({ length: 8 }, (_, index) => (
        <Skeleton key={index} className="h-46 rounded-card" />
      ))}
    </div>
  )
}
