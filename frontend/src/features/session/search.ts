import type { EventKind } from "@/api/types"

import { KINDS } from "./event-words"

/** What of a session's page stands in its address, so that it can be sent to somebody. */
export interface SessionSearch {
  /** The step of the timeline that is pointed at. */
  event?: string
  kind?: EventKind[]
  /** The sub-agent whose steps are shown; `session` for those that ran in none. */
  lane?: string
}

export function sessionSearch(raw: Record<string, unknown>): SessionSearch {
  const kinds = (Array.isArray(raw.kind) ? raw.kind : [raw.kind]).filter((one): one is EventKind => KINDS.some(({ kind }) => kind === one))
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value.slice(0, 128) : undefined)
  const [event, lane] = [text(raw.event), text(raw.lane)]
  return {
    ...(event === undefined ? {} : { event }),
    ...(kinds.length > 0 ? { kind: [...new Set(kinds)] } : {}),
    ...(lane === undefined ? {} : { lane }),
  }
}
