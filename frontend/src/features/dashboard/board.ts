import type { Session, Status } from "@/api/types"
import { lastSeen, STATUSES } from "@/components/session/wording"
import type { LiveStore } from "@/lib/live/store"

import { matches, type BoardFilter } from "./filter"

export interface Choice {
  value: string
  label: string
  count: number
}

export interface BoardView {
  /** The cards in the order shown; changes only when the reader wants it to. */
  readonly ids: readonly string[]
  /** Sessions which would be shown but are not in the order yet, and of these and the shown, how many began to wait for this person. */
  readonly fresh: number
  readonly needs: number
  /** The shown order is no longer the one a new arrangement would give. */
  readonly outdated: boolean
  readonly statuses: Readonly<Record<Status, number>>
  readonly people: readonly Choice[]
  readonly tools: readonly Choice[]
  readonly tags: readonly Choice[]
  readonly total: number
}

const THROTTLE_MS = 250
const NO_STATUSES: Record<Status, number> = { waiting: 0, error: 0, active: 0, idle: 0, ended: 0 }
const EMPTY: BoardView = {
  ids: [], fresh: 0, needs: 0, outdated: false, statuses: NO_STATUSES, people: [], tools: [], tags: [], total: 0,
}

/** Who needs this person first, then who needs anybody, then what works; the latest first among equals. */
export function byNeed(me: string): (a: Session, b: Session) => number {
  const rank = (session: Session) =>
    session.status === "waiting" && session.user_id === me ? -1 : STATUSES.indexOf(session.status)
  return (a, b) =>
    rank(a) - rank(b) || lastSeen(b).localeCompare(lastSeen(a)) || a.id.localeCompare(b.id)
}

/**
 * The dashboard's order, outside React. Cards never change places by themselves: a live change only says that another
 * order would be due, until `arrange` is called.
 */
export class Board {
  private view = EMPTY
  private filter: BoardFilter = {}
  private due: string[] = []
  private waiting: ReadonlySet<string> = new Set()
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly listeners = new Set<() => void>()

  constructor(
    private readonly store: LiveStore<Session>,
    private readonly channels: readonly string[],
    private readonly me: string,
  ) {}

  readonly read = (): BoardView => this.view

  readonly watch = (listener: () => void): (() => void) => {
    const end = this.listeners.size === 0 ? this.store.watchAll(() => this.soon()) : undefined
    if (end) this.end = end
    this.listeners.add(listener)
    this.survey()
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size === 0) this.end()
    }
  }

  /** Another question gives another order at once. */
  narrow(filter: BoardFilter): void {
    this.filter = filter
    this.arrange()
  }

  /** Brings in all that is due. */
  arrange(): void {
    this.survey()
    this.waiting = new Set(this.mine())
    this.show({ ...this.view, ids: this.due, fresh: 0, needs: 0, outdated: false })
  }

  private end = (): void => undefined

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.survey()
    }, this.view.total === 0 ? 0 : THROTTLE_MS)
  }

  private survey(): void {
    const ids = new Set(this.channels.flatMap((channel) => [...this.store.ids(channel)]))
    const all = [...ids].flatMap((id) => this.store.get(id) ?? [])
    this.due = all
      .filter((session) => matches(session, this.filter))
      .sort(byNeed(this.me))
      .map((session) => session.id)
    const next = { ...this.view, ...this.counts(all), total: all.length }
    const shown = new Set(this.view.ids)
    // With nothing on the page, nothing can jump.
    if (this.view.ids.length === 0 && this.due.length > 0) {
      this.waiting = new Set(this.mine())
      return this.show({ ...next, ids: this.due, fresh: 0, needs: 0, outdated: false })
    }
    const fresh = this.due.filter((id) => !shown.has(id)).length
    const needs = this.mine().filter((id) => !this.waiting.has(id)).length
    this.show({ ...next, fresh, needs, outdated: !same(this.due, this.view.ids) })
  }

  private mine(): string[] {
    return this.due.filter((id) => {
      const session = this.store.get(id)
      return session?.status === "waiting" && session.user_id === this.me
    })
  }

  private counts(all: Session[]) {
    const statuses = { ...NO_STATUSES }
    for (const session of all) statuses[session.status] += 1
    return {
      statuses,
      people: choices(all.map((session) => [session.user_id, session.username])),
      tools: choices(all.map((session) => [session.tool, session.tool])),
      tags: choices(all.flatMap((session) => session.tags.map((tag): [string, string] => [tag, tag]))),
    }
  }

  private show(view: BoardView): void {
    if (JSON.stringify(view) === JSON.stringify(this.view)) return
    this.view = view
    for (const listener of this.listeners) listener()
  }
}

function choices(pairs: [string, string][]): Choice[] {
  const found = new Map<string, Choice>()
  for (const [value, label] of pairs) {
    const choice = found.get(value) ?? { value, label, count: 0 }
    choice.count += 1
    found.set(value, choice)
  }
  return [...found.values()].sort((a, b) => a.label.localeCompare(b.label))
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index])
}
