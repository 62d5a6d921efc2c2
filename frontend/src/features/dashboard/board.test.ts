import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"

import type { Session } from "@/api/types"
import { LiveStore } from "@/lib/live/store"
import { aSession } from "@/testing/builders"

import { Board } from "./board"
import { byNeed } from "./order"

const CHANNEL = "team:team-1"
const ME = "user-anna"

let store: LiveStore<Session>
let board: Board
let end: () => void

beforeEach(() => {
  vi.useFakeTimers()
  store = new LiveStore<Session>()
  board = new Board(store, [CHANNEL], ME)
  end = board.watch(() => undefined)
})

afterEach(() => {
  end()
  vi.useRealTimers()
})

function fill(...sessions: Session[]): void {
  store.fill(CHANNEL, sessions, false)
  vi.advanceTimersByTime(300)
}

function change(session: Session): void {
  store.apply({ type: "session_update", channel: CHANNEL, data: { ...session, session_id: session.id } })
  vi.advanceTimersByTime(300)
}

const at = (minute: number) => `2026-11-22T10:${String(minute).padStart(2, "0")}:00Z`

describe("order", () => {
  it("puts who needs me first, then who needs anybody, then errors, work, rest", () => {
    const sessions = [
      aSession({ id: "ended", status: "ended" }),
      aSession({ id: "idle", status: "idle" }),
      aSession({ id: "active", status: "active" }),
      aSession({ id: "error", status: "error" }),
      aSession({ id: "bens", status: "waiting", user_id: "user-ben" }),
      aSession({ id: "mine", status: "waiting" }),
    ]
    expect(sessions.sort(byNeed(ME)).map((session) => session.id)).toEqual(["mine", "bens", "error", "active", "idle", "ended"])
  })

  it("puts the latest first among equals", () => {
    fill(aSession({ id: "old", last_activity_at: at(1) }), aSession({ id: "new", last_activity_at: at(2) }))
    expect(board.read().ids).toEqual(["new", "old"])
  })
})

describe("nothing jumps", () => {
  const one = aSession({ id: "one", last_activity_at: at(5) })
  const two = aSession({ id: "two", last_activity_at: at(4) })

  it("shows the first cards at once", () => {
    fill(one, two)
    expect(board.read()).toMatchObject({ ids: ["one", "two"], fresh: 0, outdated: false })
  })

  it("offers a new session instead of inserting it", () => {
    fill(one, two)
    change(aSession({ id: "three", last_activity_at: at(9) }))
    expect(board.read()).toMatchObject({ ids: ["one", "two"], fresh: 1, outdated: true })
    board.arrange()
    expect(board.read()).toMatchObject({ ids: ["three", "one", "two"], fresh: 0, outdated: false })
  })

  it("says when a session begins to need me, and leaves it where it is", () => {
    fill(one, two)
    change({ ...two, version: 2, status: "waiting" })
    expect(board.read()).toMatchObject({ ids: ["one", "two"], needs: 1, fresh: 0 })
    board.arrange()
    expect(board.read()).toMatchObject({ ids: ["two", "one"], needs: 0 })
  })

  it("keeps the place of a session that went away until the next arrangement", () => {
    fill(one, two)
    store.remove("one")
    vi.advanceTimersByTime(300)
    expect(board.read()).toMatchObject({ ids: ["one", "two"], outdated: true, total: 1 })
    board.arrange()
    expect(board.read().ids).toEqual(["two"])
  })

  it("does not speak up for changes that alter no order", () => {
    fill(one, two)
    const before = board.read()
    change({ ...one, version: 2, cost_usd: 9 })
    expect(board.read()).toBe(before)
  })
})

describe("narrowing", () => {
  it("arranges at once and counts over everything", () => {
    fill(aSession({ id: "a", tool: "codex", tags: ["x"] }), aSession({ id: "b", tool: "amp", status: "idle" }))
    board.ask({ filter: { tool: ["codex"] }, pinned: new Set() })
    expect(board.read().ids).toEqual(["a"])
    expect(board.read().statuses).toMatchObject({ active: 1, idle: 1 })
    expect(board.read().tools.map((tool) => [tool.value, tool.count])).toEqual([["amp", 1], ["codex", 1]])
    expect(board.read().tags.map((tag) => tag.value)).toEqual(["x"])
  })
})

describe("groups", () => {
  const none = new Set<string>()
  const groups = () => board.read().groups.map((group) => [group.label, ...group.ids])
  const all = () =>
    fill(
      aSession({ id: "a", user_id: "user-ben", username: "ben", repository: "x/one", status: "waiting" }),
      aSession({ id: "b", user_id: ME, username: "anna", repository: null, project: null, status: "idle" }),
      aSession({ id: "c", user_id: "user-ada", username: "ada", repository: "x/one", status: "active" }),
    )

  it("stand by person with oneself first, then by name and never by rank", () => {
    all()
    board.ask({ filter: {}, grouping: "person", pinned: none })
    expect(groups()).toEqual([["anna", "b"], ["ada", "c"], ["ben", "a"]])
  })

  it("stand by repository, and by status in order of need", () => {
    all()
    board.ask({ filter: {}, grouping: "repository", pinned: none })
    expect(groups()).toEqual([["x/one", "a", "c"], ["No repository", "b"]])
    board.ask({ filter: {}, grouping: "status", pinned: none })
    expect(groups()).toEqual([["Waiting", "a"], ["Working", "c"], ["Idle", "b"]])
  })

  it("hold their cards until they are arranged anew", () => {
    all()
    board.ask({ filter: {}, grouping: "status", pinned: none })
    change(aSession({ id: "c", version: 2, status: "idle" }))
    expect(groups()).toEqual([["Waiting", "a"], ["Working", "c"], ["Idle", "b"]])
    expect(board.read()).toMatchObject({ outdated: true, fresh: 0 })
    board.arrange()
    expect(groups()[1]).toEqual(["Idle", "c", "b"])
  })

  it("stand under what is pinned, whatever it does", () => {
    all()
    board.ask({ filter: {}, pinned: new Set(["b", "gone"]) })
    expect(groups()).toEqual([["Pinned", "b"], ["All others", "a", "c"]])
    expect(board.read().ids).toEqual(["b", "a", "c"])
  })
})
