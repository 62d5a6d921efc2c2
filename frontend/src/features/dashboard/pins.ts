import { createContext, use } from "react"

export interface Pins {
  pinned: ReadonlySet<string>
  toggle: (id: string) => void
}

export const PinsContext = createContext<Pins>({ pinned: new Set(), toggle: () => undefined })

/** The sessions that this person keeps on top of the dashboard. */
export function usePins(): Pins {
  return use(PinsContext)
}
