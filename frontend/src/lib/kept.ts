export type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">

/** The browser's storage, or, where it is blocked or full, a memory that lasts until the page is left. */
export function keptIn(open: () => Kept): Kept {
  const memory = new Map<string, string>()
  const attempt = <T>(act: (storage: Kept) => T, otherwise: () => T): T => {
    try {
      return act(open())
    } catch {
      return otherwise()
    }
  }
  return {
    getItem: (key) => attempt((storage) => storage.getItem(key), () => null) ?? memory.get(key) ?? null,
    setItem: (key, value) => attempt((storage) => storage.setItem(key, value), () => void memory.set(key, value)),
    removeItem: (key) => {
      memory.delete(key)
      attempt((storage) => storage.removeItem(key), () => undefined)
    },
  }
}

export const kept = keptIn(() => window.localStorage)
