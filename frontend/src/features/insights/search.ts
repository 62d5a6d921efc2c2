import type { InsightQuery, InsightSort } from "@/api/insights"
import type { InsightOrigin, InsightState, InsightType } from "@/api/types"
import { INSIGHT_STATES, INSIGHT_TYPES } from "@/components/insight/kinds"

export const SORTS: readonly { value: InsightSort; label: string; meaning: string }[] = [
  { value: "hot", label: "Hot", meaning: "Many votes, and lately" },
  { value: "new", label: "New", meaning: "The latest first" },
  { value: "top", label: "Top", meaning: "Most votes first" },
]

/** What the feed is narrowed to and how it is ordered. It lives in the URL, and what stands there is not the ordinary. */
export interface InsightSearch {
  /** Without it, hot. */
  sort?: InsightSort
  q?: string
  type?: InsightType[]
  tag?: string[]
  user?: string[]
  session?: string
  /** Without it those that are proposed or accepted. */
  state?: InsightState[]
  origin?: InsightOrigin
}

export const FILTERS = ["q", "type", "tag", "user", "session", "state", "origin"] as const
type Several = "type" | "tag" | "user" | "state"

/** Reads a URL's search part; what it does not know is left out. */
export function insightSearch(raw: Record<string, unknown>): InsightSearch {
  return tidy({
    sort: SORTS.map((one) => one.value).find((one) => one === raw.sort && one !== "hot"),
    q: text(raw.q),
    type: several(raw.type).filter((one): one is InsightType => INSIGHT_TYPES.some((each) => each === one)),
    tag: several(raw.tag),
    user: several(raw.user),
    session: text(raw.session),
    state: several(raw.state).filter((one): one is InsightState => INSIGHT_STATES.some((each) => each === one)),
    origin: (["person", "detected"] as const).find((one) => one === raw.origin),
  })
}

export type Loose = { [key in keyof InsightSearch]: InsightSearch[key] | undefined }

/** The URL names only what is chosen. */
export function tidy(search: Loose): InsightSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== "" && (!Array.isArray(value) || value.length > 0)))
}

export function isNarrowed(search: InsightSearch): boolean {
  return FILTERS.some((key) => search[key] !== undefined)
}

/** Only the order. */
export function unnarrowed({ sort }: InsightSearch): InsightSearch {
  return tidy({ sort })
}

/** With this value of the filter when it was not there, without it when it was. */
export function toggled(search: InsightSearch, key: Several, value: string): InsightSearch {
  const held: readonly string[] = search[key] ?? []
  return tidy({ ...search, [key]: held.includes(value) ? held.filter((one) => one !== value) : [...held, value] })
}

/** The question that the address asks of the server. */
export function queryOf({ user, session, ...rest }: InsightSearch): InsightQuery {
  return { ...rest, ...(user ? { user_id: user } : {}), ...(session ? { session_id: session } : {}) }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : undefined
}

function several(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value]
  return [...new Set(values.filter((one): one is string => typeof one === "string" && one !== ""))].slice(0, 50)
}
