export type Cell = string | number | null

/** Lines for a spreadsheet. What is not known is an empty cell, and no text is taken for a formula. */
export function csvOf(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((cells) => cells.map(written).join(",")).join("\r\n") + "\r\n"
}

function written(cell: Cell): string {
  if (cell === null) return ""
  if (typeof cell === "number") return String(cell)
  const inert = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}
