import type { Session, Status } from "@/api/types"
import { STATUSES, titleOf } from "@/components/session/wording"
import { toolName } from "@/components/session/tools"
import type { Filters } from "@/lib/live/frames"

/** What the dashboard is narrowed to. It lives in the URL. Several values of one key mean any of them. */
export interface BoardFilter {
  q?: string
  user?: string[]
  tag?: string[]
  tool?: string[]
  status?: Status[]
}

export const GROUPS = ["person", "repository", "status"] as const
export type Grouping = (typeof GROUPS)[number]
export const VIEWS = ["list", "board"] as const
export type ViewName = (typeof VIEWS)[number]

export interface BoardSearch extends BoardFilter {
  group?: Grouping
  /** Cards without it. */
  view?: ViewName
}

/** Reads a URL's search part; what it does not know is left out. */
export function boardSearch(raw: Record<string, unknown>): BoardSearch {
  const search: BoardSearch = {}
  if (typeof raw.q === "string" && raw.q !== "") search.q = raw.q.slice(0, 200)
  for (const key of ["user", "tag", "tool"] as const) {
    const values = several(raw[key])
    if (values.length > 0) search[key] = values
  }
  const statuses = several(raw.status).filter((value): value is Status => (STATUSES as readonly string[]).includes(value))
  if (statuses.length > 0) search.status = statuses
  const group = GROUPS.find((one) => one === raw.group)
  if (group) search.group = group
  const view = VIEWS.find((one) => one === raw.view)
  if (view) search.view = view
  return search
}

export function isNarrowed(filter: BoardFilter): boolean {
  return Boolean(filter.q ?? filter.user ?? filter.tag ?? filter.tool ?? filter.status)
}

/** How it is shown, without what it is narrowed to. */
export function unnarrowed({ group, view }: BoardSearch): BoardSearch {
  return { ...(group ? { group } : {}), ...(view ? { view } : {}) }
}

export type Loose = { [key in keyof BoardSearch]: BoardSearch[key] | undefined }

/** The URL names only what is chosen. */
export function tidy(search: Loose): BoardSearch {
  const kept = Object.entries(search).filter(([, value]) => value !== undefined && value !== "" && (!Array.isArray(value) || value.length > 0))
  return Object.fromEntries(kept)
}

export function matches(session: Session, filter: BoardFilter): boolean {
  return (
    (!filter.status || filter.status.includes(session.status)) &&
    (!filter.user || filter.user.includes(session.user_id)) &&
    (!filter.tool || filter.tool.includes(session.tool)) &&
    (!filter.tag || filter.tag.some((tag) => session.tags.includes(tag))) &&
    (!filter.q || matchesText(session, filter.q))
  )
}

/** The part of the filter that the server can apply; text stays here. */
export function serverFilter(filter: BoardFilter): Filters {
  return {
    ...(filter.status ? { status: filter.status } : {}),
    ...(filter.user ? { users: filter.user } : {}),
    ...(filter.tool ? { tools: filter.tool } : {}),
    ...(filter.tag ? { tags: filter.tag } : {}),
  }
}

function matchesText(session: Session, text: string): boolean {
  const haystack = [
    titleOf(session), session.username, toolName(session.tool), session.model, session.project,
    session.repository, session.branch, session.hostname, session.status_reason, ...session.tags,
  ]
    .join("\n")
    .toLowerCase()
  return text.toLowerCase().split(/\s+/).every((word) => haystack.includes(word))
}

function several(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value]
  return [...new Set(values.filter((one): one is string => typeof one === "string" && one !== ""))].slice(0, 50)
}
