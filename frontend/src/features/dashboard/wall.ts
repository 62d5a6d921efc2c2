import type { Session, Status } from "@/api/types"
import type { LiveStore } from "@/lib/live/store"

import { byNeed } from "./order"

export interface WallView {
  readonly ids: readonly string[]
  readonly counts: Readonly<Record<Status, number>>
}

const NOBODY = ""
const EMPTY: WallView = { ids: [], counts: { waiting: 0, error: 0, active: 0, idle: 0, ended: 0 } }

/**
 * What hangs on the wall: the team's shared sessions at work, whoever is signed in there. Nobody reads it with a
 * pointer, so that it arranges itself; at most once in a while, so that it is calm.
 */
export class Wall {
  private view = EMPTY
  private timer: ReturnType<typeof setTimeout> | undefined
  private end: () => void = () => undefined
  private readonly listeners = new Set<() => void>()

  constructor(
    private readonly store: LiveStore<Session>,
    private readonly channel: string,
    private readonly every: number,
  ) {}

  readonly read = (): WallView => this.view

  readonly watch = (listener: () => void): (() => void) => {
    if (this.listeners.size === 0) this.end = this.store.watchAll(() => this.soon())
    this.listeners.add(listener)
    this.survey()
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size > 0) return
      this.end()
      clearTimeout(this.timer)
      this.timer = undefined
    }
  }

  private soon(): void {
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined
        this.survey()
      },
      this.view.ids.length === 0 ? 0 : this.every,
    )
  }

  private survey(): void {
    const counts = { ...EMPTY.counts }
    const shared = [...this.store.ids(this.channel)].flatMap((id) => this.store.get(id) ?? []).filter(hangs)
    for (const session of shared) counts[session.status] += 1
    const view = { ids: shared.sort(byNeed(NOBODY)).map((session) => session.id), counts }
    if (JSON.stringify(view) === JSON.stringify(this.view)) return
    this.view = view
    for (const listener of this.listeners) listener()
  }
}

/** Somebody's private session is nobody's business in a room. */
function hangs(session: Session): boolean {
  return session.visibility !== "private" && session.status !== "ended"
}
