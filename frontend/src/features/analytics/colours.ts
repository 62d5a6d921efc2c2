import { TOOLS } from "@/components/session/tools"

/** Colours by name of the theme. The palette's order is the design's, and an entity keeps its place in it. */

const PLACES = 7
export const NEUTRAL = "var(--faint)"
export const OTHER_COLOUR = "var(--muted)"
// With a space in front, as no entity is called.
export const PRIVATE = " private"
export const OTHER = " other"
export const ALL = "all"

const KINDS = ["input", "output", "cache_read", "cache_write"]
const TOOL_ORDER = Object.keys(TOOLS)

export type Dimension = "kind" | "tool" | "model" | "project" | "user" | "tag"

/**
 * The colour of each, the same in every chart and for every reader: it follows from what it is called. Of two that
 * would be alike the one later by name moves on to a free place, as long as there is one. `known` is all that there
 * may be, so that a filter changes no colour.
 */
export class Palette {
  private readonly places = new Map<string, number>()

  constructor(dimension: Dimension | null, known: readonly string[]) {
    const taken = Array.from({ length: PLACES }, () => 0)
    for (const key of [...new Set(known)].sort()) this.places.set(key, settle(placeOf(dimension, key), taken))
  }

  /** The colours of those shown together, the first of them the surest to keep its own. */
  of(keys: readonly string[]): Map<string, string> {
    const taken = Array.from({ length: PLACES }, () => 0)
    return new Map(keys.map((key) => [key, fixed(key) ?? `var(--series-${settle(this.places.get(key) ?? placeOf(null, key), taken) + 1})`]))
  }
}

function fixed(key: string): string | null {
  return { [PRIVATE]: NEUTRAL, [OTHER]: OTHER_COLOUR, [ALL]: "var(--series-1)" }[key] ?? null
}

function placeOf(dimension: Dimension | null, key: string): number {
  const order = dimension === "kind" ? KINDS : dimension === "tool" ? TOOL_ORDER : []
  const at = order.indexOf(key)
  return (at < 0 ? hash(key) : at) % PLACES
}

/** The place itself, or the next that fewer have taken. */
function settle(wanted: number, taken: number[]): number {
  const least = Math.min(...taken)
  for (let step = 0; step < PLACES; step += 1) {
    const place = (wanted + step) % PLACES
    if (taken[place] === least) {
      taken[place] = least + 1
      return place
    }
  }
  return wanted
}

function hash(text: string): number {
  let sum = 0
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) >>> 0
  return sum
}
