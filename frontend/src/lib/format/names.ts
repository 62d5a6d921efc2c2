const MOST = 3

/** Ben · Ben and Chiara · Ben, Chiara and 4 others. */
export function listed(names: readonly string[]): string {
  const shown = names.length > MOST ? [...names.slice(0, MOST - 1), `${names.length - MOST + 1} others`] : [...names]
  const last = shown.pop() ?? ""
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`
}
