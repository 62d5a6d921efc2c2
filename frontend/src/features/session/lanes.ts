import type { TimelineEvent, ToolWork } from "@/api/types"

/** Where the steps of sub-agents run beside those of the session: which column, which colour, from where to where. */

const MOST_COLUMNS = 4
const COLOURS = ["var(--series-1)", "var(--series-4)", "var(--series-5)", "var(--series-3)", "var(--series-6)", "var(--series-7)"]

export interface Lane {
  id: string
  name: string
  colour: string
  /** 1 and up; the session itself runs in column 0. */
  column: number
}

export interface Track {
  lane: Lane
  first: number
  last: number
}

/** The lanes that the steps name, the earliest first; a sub-agent keeps its colour. */
export function lanesOf(items: readonly TimelineEvent[], subagents: ToolWork["subagents"] = []): Lane[] {
  const known = new Map(subagents.map((one, index) => [one.id, { name: one.kind ?? "Sub-agent", order: index }]))
  const ids = [...new Set(items.flatMap((event) => event.lane ?? []))].reverse()
  const order = (id: string) => known.get(id)?.order ?? known.size + ids.indexOf(id)
  return ids
    .sort((a, b) => order(a) - order(b))
    .map((id, index) => ({
      id,
      name: known.get(id)?.name ?? "Sub-agent",
      colour: COLOURS[order(id) % COLOURS.length] ?? "var(--muted)",
      column: 1 + (index % MOST_COLUMNS),
    }))
}

/** From which row to which each lane runs. */
export function tracksOf(items: readonly TimelineEvent[], lanes: readonly Lane[]): Track[] {
  const tracks = new Map<string, Track>()
  const byId = new Map(lanes.map((lane) => [lane.id, lane]))
  items.forEach((event, index) => {
    const lane = event.lane == null ? undefined : byId.get(event.lane)
    if (!lane) return
    const held = tracks.get(lane.id)
    if (held) held.last = index
    else tracks.set(lane.id, { lane, first: index, last: index })
  })
  return [...tracks.values()]
}

/** How many columns the lanes need beside the session's own. */
export function columnsOf(lanes: readonly Lane[]): number {
  return Math.max(0, ...lanes.map((lane) => lane.column))
}
