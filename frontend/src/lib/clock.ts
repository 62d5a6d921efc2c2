import { useSyncExternalStore } from "react"

const TICK_MS = 15_000

/** One timer for all relative times on the page, running only while somebody looks at one. */
class Clock {
  private now = Date.now()
  private readonly listeners = new Set<() => void>()
  private timer: ReturnType<typeof setInterval> | undefined

  readonly read = (): number => this.now

  readonly watch = (listener: () => void): (() => void) => {
    if (this.listeners.size === 0) {
      this.now = Date.now()
      this.timer = setInterval(() => this.tick(), TICK_MS)
    }
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size === 0) clearInterval(this.timer)
    }
  }

  private tick(): void {
    this.now = Date.now()
    for (const listener of this.listeners) listener()
  }
}

const clock = new Clock()

/** The time in milliseconds, moving every 15 s. */
export function useNow(): number {
  return useSyncExternalStore(clock.watch, clock.read)
}
