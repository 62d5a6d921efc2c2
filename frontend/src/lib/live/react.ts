import { useCallback, useSyncExternalStore } from "react"

import type { Connection, LiveState } from "./connection"
import type { Versioned } from "./frames"
import type { ChannelState, LiveStore } from "./store"

/** Renders again when this one session changed, and for nothing else. */
export function useItem<S extends Versioned>(store: LiveStore<S>, id: string): S | undefined {
  const watch = useCallback((listener: () => void) => store.watch(id, listener), [store, id])
  return useSyncExternalStore(watch, () => store.get(id))
}

export function useChannel<S extends Versioned>(store: LiveStore<S>, channel: string): ChannelState {
  const watch = useCallback((listener: () => void) => store.watchAll(listener), [store])
  return useSyncExternalStore(watch, () => store.channel(channel))
}

export function useChannelSize<S extends Versioned>(store: LiveStore<S>, channel: string): number {
  const watch = useCallback((listener: () => void) => store.watchAll(listener), [store])
  return useSyncExternalStore(watch, () => store.ids(channel).size)
}

export function useLiveState<S>(connection: Connection<S>): LiveState {
  return useSyncExternalStore(connection.onState, connection.state)
}
