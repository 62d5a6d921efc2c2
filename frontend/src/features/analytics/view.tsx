import { useQuery } from "@tanstack/react-query"
import { createContext, use, useMemo, type ReactNode } from "react"

import { analyticsOptions, type AnalyticsOptions, type AnalyticsQuery } from "@/api/analytics"
import { useApi } from "@/api/context"
import { shortModel, toolName } from "@/components/session/tools"
import { useNow } from "@/lib/clock"
import { addDays, dayIn } from "@/lib/zones"

import { Palette, PRIVATE, type Dimension } from "./colours"
import { bucketFor, MOST_DAYS, rangeOf, type Range } from "./range"
import { toggled, type AnalyticsSearch, type Bucket, type FilterKey, type Loose } from "./search"

/** What the open page shows, and how it becomes another: all its parts ask this. */
export interface View {
  search: AnalyticsSearch
  zone: string
  teamZone: string
  today: string
  range: Range
  bucket: Bucket
  /** As the server is asked. */
  query: AnalyticsQuery
  options: AnalyticsOptions | undefined
  palettes: Record<Dimension, Palette>
  change: (part: Loose) => void
  narrow: (key: FilterKey, value: string) => void
  zoom: (range: Range) => void
}

const ViewContext = createContext<View | null>(null)

export function useView(): View {
  const view = use(ViewContext)
  if (!view) throw new Error("ViewContext is missing")
  return view
}

interface ViewerProps {
  search: AnalyticsSearch
  teamZone: string
  /** The page is of this person alone. */
  only?: string
  onChange: (search: Loose) => void
  /** What happens when something on the page is chosen to narrow it; without it the page itself is narrowed. */
  onNarrow?: (search: AnalyticsSearch) => void
  children: ReactNode
}

/** Reads the address: which days, whose numbers, in which colours. */
export function Viewer({ search, teamZone, only, onChange, onNarrow = onChange, children }: ViewerProps) {
  const api = useApi()
  const zone = search.tz ?? teamZone
  const today = dayIn(zone, useNow())
  // A year and more of names, not only the range's: a filter of a link keeps its name, and everybody their colour.
  const options = useQuery(analyticsOptions(api, { from: addDays(today, 1 - MOST_DAYS), to: addDays(today, 1), tz: zone })).data
  const palettes = useMemo(() => palettesOf(options), [options])
  const range = rangeOf(search, today)
  const view: View = {
    search, zone, teamZone, today, range, options, palettes,
    bucket: bucketFor(range, search.bucket),
    query: queryOf(search, range, zone, only),
    change: (part) => onChange({ ...search, ...part }),
    narrow: (key, value) => onNarrow(toggled(search, key, value)),
    zoom: ({ from, to }) => onChange({ ...search, range: undefined, from, to, bucket: undefined }),
  }
  return <ViewContext value={view}>{children}</ViewContext>
}

function queryOf(search: AnalyticsSearch, { from, to }: Range, tz: string, only: string | undefined): AnalyticsQuery {
  const { user, tool, model, project, tag } = search
  const people = only === undefined ? user : [only]
  return {
    from, to, tz,
    ...(people ? { user_id: people } : {}),
    ...(tool ? { tool } : {}),
    ...(model ? { model } : {}),
    ...(project ? { project } : {}),
    ...(tag ? { tag } : {}),
    ...(search.weekends === "off" ? { weekends: false } : {}),
  }
}

function palettesOf(options: AnalyticsOptions | undefined): Record<Dimension, Palette> {
  return {
    kind: new Palette("kind", ["input", "output", "cache_read", "cache_write"]),
    tool: new Palette("tool", options?.tools ?? []),
    model: new Palette("model", options?.models ?? []),
    project: new Palette("project", options?.projects ?? []),
    user: new Palette("user", options?.users.map((user) => user.id) ?? []),
    tag: new Palette("tag", options?.tags ?? []),
  }
}

export const DIMENSION_NAMES: Record<Dimension, string> = {
  kind: "kind", tool: "tool", model: "model", project: "project", user: "person", tag: "tag",
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const KIND_NAMES: Record<string, string> = { input: "Input", output: "Output", cache_read: "Cache read", cache_write: "Cache write" }

/** What an entity is called on the page. */
export function entityName(dimension: Dimension, key: string, label: string): string {
  if (key === PRIVATE || key === "") return label
  if (dimension === "kind") return KIND_NAMES[key] ?? label
  if (dimension === "tool") return toolName(key)
  return dimension === "model" ? shortModel(label) : label
}
