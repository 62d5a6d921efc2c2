import { Problem } from "./problem"

const UNSAID_S = 60
const JITTER_MS = 1_000
const TRIES = 5

/** Until when the server has asked this page to wait, or null. */
export class Slowdown {
  private until: number | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly listeners = new Set<() => void>()

  readonly state = (): number | null => this.until

  readonly onState = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** An answer said that there were too many requests. */
  note(problem: Problem): void {
    const wait = (problem.retryAfterS ?? UNSAID_S) * 1_000
    if (this.until !== null && Date.now() + wait <= this.until) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.move(null), wait)
    this.move(Date.now() + wait)
  }

  private move(until: number | null): void {
    this.until = until
    for (const listener of this.listeners) listener()
  }
}

export function isTooMany(error: unknown): error is Problem {
  return error instanceof Problem && error.status === 429
}

/** Whether a query is worth asking again: what was too much is good after the wait, other troubles twice. */
export function isWorthAnother(failures: number, error: unknown, passing: boolean): boolean {
  return isTooMany(error) ? failures < TRIES : failures < 2 && passing
}

/** How long to wait before that: as the server says, and a little apart from other pages. */
export function waitBefore(failures: number, error: unknown): number {
  const asked = error instanceof Problem ? error.retryAfterS : null
  if (asked !== null) return asked * 1_000 + Math.random() * JITTER_MS
  return Math.min(1_000 * 2 ** failures, 30_000)
}
