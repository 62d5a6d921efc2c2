import type { AlertState } from "@/api/types"

export const ALERT_STATES: readonly AlertState[] = ["open", "acknowledged", "snoozed", "resolved"]

/** What of the page stands in its address. */
export interface NoticeSearch {
  /** Without it, what one was told. */
  show?: "alerts"
  /** Only what is not read. */
  unread?: "true"
  /** Of alerts; without it, all that are not over. */
  state?: AlertState[]
}

export function noticeSearch(raw: Record<string, unknown>): NoticeSearch {
  const values = Array.isArray(raw.state) ? raw.state : [raw.state]
  const state = ALERT_STATES.filter((one) => values.includes(one))
  return {
    ...(raw.show === "alerts" ? { show: "alerts" as const } : {}),
    ...(raw.unread === "true" ? { unread: "true" as const } : {}),
    ...(state.length > 0 ? { state } : {}),
  }
}
