import { kept, type Kept } from "@/lib/kept"

import { boardSearch, type BoardSearch } from "./filter"

export interface SavedView {
  name: string
  search: BoardSearch
}

export interface Remembered {
  readonly pins: ReadonlySet<string>
  readonly views: readonly SavedView[]
}

const MOST_PINS = 100
const MOST_VIEWS = 30
const LONGEST_NAME = 60

/** What one person keeps of one team's dashboard: pinned sessions and views by name. In this browser. */
export class BoardMemory {
  private held: Remembered
  private readonly listeners = new Set<() => void>()

  constructor(
    private readonly key: string,
    private readonly storage: Kept = kept,
  ) {
    this.held = parsed(storage.getItem(key))
  }

  readonly read = (): Remembered => this.held

  readonly watch = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Another page of this browser may have changed it. Returns what ends the listening. */
  listen(): () => void {
    const changed = (event: StorageEvent) => event.key === this.key && this.show(parsed(event.newValue))
    window.addEventListener("storage", changed)
    return () => window.removeEventListener("storage", changed)
  }

  togglePin(id: string): void {
    const pins = new Set(this.held.pins)
    if (!pins.delete(id)) pins.add(id)
    this.keep({ ...this.held, pins: new Set([...pins].slice(-MOST_PINS)) })
  }

  /** A view of the same name is replaced. */
  save(name: string, search: BoardSearch): void {
    const label = name.trim().slice(0, LONGEST_NAME)
    if (label === "") return
    const rest = this.held.views.filter((view) => view.name !== label)
    this.keep({ ...this.held, views: [...rest, { name: label, search }].sort((a, b) => a.name.localeCompare(b.name)).slice(0, MOST_VIEWS) })
  }

  forget(name: string): void {
    this.keep({ ...this.held, views: this.held.views.filter((view) => view.name !== name) })
  }

  private keep(next: Remembered): void {
    this.storage.setItem(this.key, JSON.stringify({ pins: [...next.pins], views: next.views }))
    this.show(next)
  }

  private show(next: Remembered): void {
    this.held = next
    for (const listener of this.listeners) listener()
  }
}

/** Whatever stands in the storage: what is no pin and no view is left out. */
function parsed(text: string | null): Remembered {
  try {
    const raw = JSON.parse(text ?? "{}") as { pins?: unknown; views?: unknown }
    const pins = list(raw.pins).filter((one): one is string => typeof one === "string")
    const views = list(raw.views).flatMap((one) => {
      const { name, search } = one as Partial<Record<keyof SavedView, unknown>>
      return typeof name === "string" && typeof search === "object" && search !== null ? [{ name, search: boardSearch({ ...search }) }] : []
    })
    return { pins: new Set(pins.slice(-MOST_PINS)), views: views.slice(0, MOST_VIEWS) }
  } catch {
    return { pins: new Set(), views: [] }
  }
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value.filter((one) => one !== null && one !== undefined) : []
}
