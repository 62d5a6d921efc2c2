/**
 * Where to go after signing in: only a path of this very site, for "//elsewhere" would lead away from it. Apply it where
 * the value is used as well: the router hands on beside the checked search what stood raw in the URL.
 */
export function signInSearch(raw: Record<string, unknown>): { next?: string } {
  const { next } = raw
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {}
}
