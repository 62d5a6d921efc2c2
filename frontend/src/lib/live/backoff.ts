export const BACKOFF_BASE_MS = 500
export const BACKOFF_CAP_MS = 15_000

/** Full jitter: anywhere between nothing and the doubled, capped wait, so that a thousand pages do not return together. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt)
}

/** The wait that a server asked for in its close reason, in milliseconds, or null. */
export function askedWait(reason: string): number | null {
  try {
    const parsed: unknown = JSON.parse(reason)
    if (typeof parsed !== "object" || parsed === null || !("retry_in_ms" in parsed)) return null
    const wait = Number(parsed.retry_in_ms)
    return Number.isFinite(wait) && wait >= 0 ? Math.min(wait, 60_000) : null
  } catch {
    return null
  }
}
