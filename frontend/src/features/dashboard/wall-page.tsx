import { useQuery } from "@tanstack/react-query"
import { useEffect, useRef, useState, useSyncExternalStore, type RefObject } from "react"

import { homeChannel, useApi, useUser } from "@/api/context"
import { teamDetail } from "@/api/team"
import type { Status } from "@/api/types"
import { LiveIndicator } from "@/components/live-indicator"
import { StatusIcon } from "@/components/session/status-mark"
import { STATUSES } from "@/components/session/wording"
import { useNow } from "@/lib/clock"
import { clock } from "@/lib/format/times"
import { useChannel } from "@/lib/live/react"

import { STATUS_WORDS } from "./order"
import { Wall } from "./wall"
import { WallCard } from "./wall-card"

const LIVE: readonly Status[] = ["waiting", "error", "active", "idle"]
const ARRANGE_EVERY_MS = 2_000
/** In the wall's own measure, which grows with the screen. */
const CARD = { width: 21, height: 8, tallest: 11, gap: 1 } as const

/** What the team's shared sessions do, to be read from across the room. Nothing private is shown, nothing can be pressed. */
export function WallPage() {
  const user = useUser()
  const api = useApi()
  const channel = homeChannel(user)
  const team = useQuery({ ...teamDetail(api, user.team_id ?? ""), enabled: user.team_id !== null })
  const { loaded } = useChannel(api.sessions, channel)
  const [wall] = useState(() => new Wall(api.sessions, channel, ARRANGE_EVERY_MS))
  const { ids, counts } = useSyncExternalStore(wall.watch, wall.read)
  const box = useRef<HTMLDivElement>(null)
  const { columns, rows } = useRoom(box)
  const room = columns * rows
  useAwake()
  const shown = ids.length > room ? room - 1 : room
  return (
    <div className="flex h-full cursor-none flex-col gap-[1em] p-[1.25em] text-[length:clamp(0.875rem,1.15vw,2.5rem)] leading-[1.35]">
      <title>{`${team.data?.name ?? "Wall"} · Team Dashboard`}</title>
      <header className="flex flex-wrap items-center gap-x-[1.5em] gap-y-[0.5em]">
        <h1 className="text-[1.5em] font-semibold">{team.data?.name ?? "Team"}</h1>
        <Counts counts={counts} />
        <span className="ml-auto flex items-center gap-[1em]">
          <span className="[&>div]:text-[length:1em]">
            <LiveIndicator />
          </span>
          <Clock />
        </span>
      </header>
      <div ref={box} className="min-h-0 flex-1">
        {loaded && ids.length === 0 && <p className="pt-[20vh] text-center text-[1.5em] text-muted">No shared session is at work.</p>}
        <ul
          aria-label="Sessions"
          className="grid h-full gap-[1em]"
          style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gridTemplateRows: `repeat(${rows}, minmax(0, ${CARD.tallest}em))` }}
        >
          {ids.slice(0, shown).map((id) => (
            <li key={id} className="min-h-0">
              <WallCard id={id} names={team.data?.settings.wall_names ?? "initials"} />
            </li>
          ))}
          {ids.length > shown && (
            <li className="flex items-center justify-center text-[1.25em] text-muted">
              and {ids.length - shown} more
            </li>
          )}
        </ul>
      </div>
    </div>
  )
}

function Counts({ counts }: { counts: Readonly<Record<Status, number>> }) {
  return (
    <ul aria-label="How many" className="flex flex-wrap gap-x-[1.25em] text-[1.25em]">
      {STATUSES.filter((status) => LIVE.includes(status) && counts[status] > 0).map((status) => (
        <li key={status} className="flex items-center gap-[0.4em]">
          <span className={`${INK[status]} inline-flex [&_svg]:size-[1em]`}>
            <StatusIcon status={status} />
          </span>
          <span className="font-semibold tabular-nums">{counts[status]}</span>
          <span className="text-muted">{STATUS_WORDS[status].toLowerCase()}</span>
        </li>
      ))}
    </ul>
  )
}

const INK: Record<Status, string> = {
  waiting: "text-warning-ink",
  error: "text-critical-ink",
  active: "text-good-ink",
  idle: "text-muted",
  ended: "text-muted",
}

function Clock() {
  const now = useNow()
  return (
    <time dateTime={new Date(now).toISOString()} className="text-[1.5em] font-semibold tabular-nums">
      {clock(now)}
    </time>
  )
}

/** How many cards there is room for, side by side and below each other. */
function useRoom(box: RefObject<HTMLElement | null>): { columns: number; rows: number } {
  const [room, setRoom] = useState({ columns: 3, rows: 4 })
  useEffect(() => {
    const element = box.current
    if (!element) return
    const measure = () => {
      const em = parseFloat(getComputedStyle(element).fontSize) || 16
      const fits = (length: number, size: number) => Math.max(1, Math.floor((length / em + CARD.gap) / (size + CARD.gap)))
      setRoom({ columns: fits(element.clientWidth, CARD.width), rows: fits(element.clientHeight, CARD.height) })
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    measure()
    return () => observer.disconnect()
  }, [box])
  return room
}

/** Keeps the screen on, where the browser lets a page do that. */
function useAwake(): void {
  useEffect(() => {
    let lock: { release: () => Promise<void> } | null = null
    const ask = () => {
      if (document.hidden || !("wakeLock" in navigator)) return
      navigator.wakeLock.request("screen").then((given) => (lock = given), () => undefined)
    }
    ask()
    document.addEventListener("visibilitychange", ask)
    return () => {
      document.removeEventListener("visibilitychange", ask)
      void lock?.release().catch(() => undefined)
    }
  }, [])
}
