import type { Session, Status } from "@/api/types"
import type { LiveStore } from "@/lib/live/store"

import { matches, type BoardFilter, type Grouping } from "./filter"
import { arranged, type Group } from "./order"

export interface Choice {
  value: string
  label: string
  count: number
}

export interface BoardView {
  /** The cards in the order shown; changes only when the reader wants it to. */
  readonly groups: readonly Group[]
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

/** What is asked of the board. */
export interface BoardQuestion {
  filter: BoardFilter
  grouping?: Grouping | undefined
  pinned: ReadonlySet<string>
}

const THROTTLE_MS = 250
const NO_STATUSES: Record<Status, number> = { waiting: 0, error: 0, active: 0, idle: 0, ended: 0 }
const EMPTY: BoardView = {
  groups: [], ids: [], fresh: 0, needs: 0, outdated: false, statuses: NO_STATUSES, people: [], tools: [], tags: [], total: 0,
}

/**
 * The dashboard's order, outside React. Cards never change places by themselves: a live change only says that another
 * order would be due, until `arrange` is called.
 */
export class Board {
  private view = EMPTY
  private question: BoardQuestion = { filter: {}, pinned: new Set() }
  private due: Group[] = []
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
  ask(question: BoardQuestion): void {
    this.question = question
    this.arrange()
  }

  /** Brings in all that is due. */
  arrange(): void {
    this.survey()
    this.show({ ...this.view, ...this.settled() })
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
    const { filter, grouping, pinned } = this.question
    this.due = arranged(all.filter((session) => matches(session, filter)), this.me, pinned, grouping)
    const next = { ...this.view, ...this.counts(all), total: all.length }
    const due = idsOf(this.due)
    // With nothing on the page, nothing can jump.
    if (this.view.ids.length === 0 && due.length > 0) return this.show({ ...next, ...this.settled() })
    const shown = new Set(this.view.ids)
    const fresh = due.filter((id) => !shown.has(id)).length
    const needs = this.mine().filter((id) => !this.waiting.has(id)).length
    this.show({ ...next, fresh, needs, outdated: JSON.stringify(this.due) !== JSON.stringify(this.view.groups) })
  }

  private settled() {
    this.waiting = new Set(this.mine())
    return { groups: this.due, ids: idsOf(this.due), fresh: 0, needs: 0, outdated: false }
  }

  private mine(): string[] {
    return idsOf(this.due).filter((id) => {
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

function idsOf(groups: readonly Group[]): string[] {
  return groups.flatMap((group) => group.ids)
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
