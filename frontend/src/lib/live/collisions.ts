import type { LiveStore } from "./store"

/** A file that the live sessions of several people change, as the server tells it. */
export interface FileCollision {
  repository: string
  path: string
  sessions: { session_id: string; user_id: string; username: string }[]
}

/** What of a session decides whether it may collide. */
export interface Colliding {
  id: string
  version: number
  user_id: string
  repository: string | null
  status: string
  files_changed: number | null
}

/** Others who change a file that a session changes. */
export interface Clash {
  readonly path: string
  readonly others: readonly { id: string; userId: string; name: string }[]
}

/** Changed files are asked for so often at most, and so often while sessions only move on. */
export const SOONEST_MS = 10_000
export const LATEST_MS = 60_000
const LOOK_MS = 1_000
const NONE: readonly Clash[] = []

/**
 * Which sessions change the same files, outside React. Asks only while somebody looks, and while two people's live
 * sessions share a repository; what cannot be asked now stays as it was.
 */
export class Collisions<S extends Colliding> {
  private readonly listeners = new Set<() => void>()
  private clashes = new Map<string, readonly Clash[]>()
  private known = ""
  private readAt = -Infinity
  private looking: ReturnType<typeof setTimeout> | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private due = Infinity
  private end: () => void = () => undefined
  private round = 0

  constructor(
    private readonly store: LiveStore<S>,
    private readonly sessions: () => Iterable<S>,
    private readonly ask: () => Promise<readonly FileCollision[]>,
  ) {}

  /** The same array until something about this session changes. */
  of(id: string): readonly Clash[] {
    return this.clashes.get(id) ?? NONE
  }

  readonly watch = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    if (this.listeners.size === 1) {
      this.end = this.store.watchAll(() => this.soon())
      this.consider()
    }
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size > 0) return
      this.end()
      this.stop()
    }
  }

  /** Nothing of one person may be left for the next. */
  clear(): void {
    this.stop()
    this.readAt = -Infinity
    this.known = ""
    this.take([])
  }

  private soon(): void {
    this.looking ??= setTimeout(() => this.consider(), LOOK_MS)
  }

  private consider(): void {
    this.looking = undefined
    const mark = this.mark()
    if (mark === "") {
      this.stop()
      this.known = ""
      if (this.clashes.size > 0) this.take([])
      return
    }
    const due = this.readAt + (mark === this.known ? LATEST_MS : SOONEST_MS)
    if (due >= this.due) return
    clearTimeout(this.timer)
    this.due = due
    this.timer = setTimeout(() => void this.read(), Math.max(0, due - Date.now()))
  }

  private async read(): Promise<void> {
    this.readAt = Date.now()
    this.due = Infinity
    this.known = this.mark()
    const round = ++this.round
    const found = await this.ask().catch(() => null)
    if (found && round === this.round) this.take(found)
  }

  private stop(): void {
    this.round += 1
    clearTimeout(this.looking)
    clearTimeout(this.timer)
    this.looking = undefined
    this.due = Infinity
  }

  /** The live sessions of repositories in which several people work; empty where there are none. */
  private mark(): string {
    const places = new Map<string, S[]>()
    for (const session of this.sessions()) {
      if (session.repository === null || session.status === "ended" || !session.files_changed) continue
      places.set(session.repository, [...(places.get(session.repository) ?? []), session])
    }
    const shared = [...places.values()].filter((some) => new Set(some.map((one) => one.user_id)).size > 1)
    return shared.flatMap((some) => some.map((one) => `${one.id} ${one.files_changed}`)).sort().join("\n")
  }

  private take(found: readonly FileCollision[]): void {
    const next = new Map<string, Clash[]>()
    for (const { path, sessions } of found) {
      for (const own of sessions) {
        const others = sessions
          .filter((one) => one.user_id !== own.user_id)
          .map((one) => ({ id: one.session_id, userId: one.user_id, name: one.username }))
        if (others.length > 0) next.set(own.session_id, [...(next.get(own.session_id) ?? []), { path, others }])
      }
    }
    const before = this.clashes
    this.clashes = new Map([...next].map(([id, some]) => [id, same(before.get(id), some) ?? some]))
    for (const listener of [...this.listeners]) listener()
  }
}

function same(before: readonly Clash[] | undefined, now: readonly Clash[]): readonly Clash[] | undefined {
  return JSON.stringify(before) === JSON.stringify(now) ? before : undefined
}
