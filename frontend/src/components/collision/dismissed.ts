import { useSyncExternalStore } from "react"

import { useUser } from "@/api/context"
import { kept, type Kept } from "@/lib/kept"
import type { Clash } from "@/lib/live/collisions"

const MOST = 500

/** Notices that one person wants to see no more: each of one file and two sessions. In this browser. */
export class Dismissed {
  private held: ReadonlySet<string>
  private readonly listeners = new Set<() => void>()

  constructor(
    private readonly key: string,
    private readonly storage: Kept = kept,
  ) {
    this.held = parsed(storage.getItem(key))
  }

  readonly read = (): ReadonlySet<string> => this.held

  readonly watch = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  add(marks: readonly string[]): void {
    this.held = new Set([...this.held, ...marks].slice(-MOST))
    this.storage.setItem(this.key, JSON.stringify([...this.held]))
    for (const listener of [...this.listeners]) listener()
  }
}

/** The same for both sessions: dismissed on one card, it is on the other's. */
export function markOf(id: string, other: string, path: string): string {
  return [...[id, other].sort(), path].join("\n")
}

/** What is left of a session's clashes. */
export function undismissed(id: string, clashes: readonly Clash[], dismissed: ReadonlySet<string>): Clash[] {
  return clashes
    .map(({ path, others }) => ({ path, others: others.filter((other) => !dismissed.has(markOf(id, other.id, path))) }))
    .filter(({ others }) => others.length > 0)
}

const opened = new Map<string, Dismissed>()

/** This person's, the same for all cards of the page. */
export function useDismissed(): { dismissed: ReadonlySet<string>; add: (marks: readonly string[]) => void } {
  const key = `collisions dismissed ${useUser().id}`
  const own = opened.get(key) ?? new Dismissed(key)
  opened.set(key, own)
  return { dismissed: useSyncExternalStore(own.watch, own.read), add: (marks) => own.add(marks) }
}

function parsed(text: string | null): ReadonlySet<string> {
  try {
    const raw: unknown = JSON.parse(text ?? "[]")
    return new Set(Array.isArray(raw) ? raw.filter((one) => typeof one === "string").slice(-MOST) : [])
  } catch {
    return new Set()
  }
}
