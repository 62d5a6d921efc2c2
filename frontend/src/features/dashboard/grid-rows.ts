import type { Group } from "./order"

/** A line of the grid: a heading, or as many cards as stand side by side. */
export type GridRow = { kind: "heading"; key: string; label: string; count: number } | { kind: "cards"; key: string; ids: readonly string[] }

export function rowsOf(groups: readonly Group[], columns: number): GridRow[] {
  return groups.flatMap(({ key, label, ids }) => {
    const heading: GridRow[] = label === null ? [] : [{ kind: "heading", key, label, count: ids.length }]
    const lines = Array.from({ length: Math.ceil(ids.length / columns) }, (_, line): GridRow => {
      return { kind: "cards", key: `${key} ${line}`, ids: ids.slice(line * columns, (line + 1) * columns) }
    })
    return [...heading, ...lines]
  })
}

/** In which row a session's card stands; -1 where it stands in none. */
export function rowOf(rows: readonly GridRow[], id: string | null): number {
  return id === null ? -1 : rows.findIndex((row) => row.kind === "cards" && row.ids.includes(id))
}
