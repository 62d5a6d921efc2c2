import type { ReactNode } from "react"

import type { Cell } from "@/lib/csv"
import { UNKNOWN } from "@/lib/format/numbers"

import type { NumberTable } from "./series"
import { full } from "./units"

interface TableProps {
  table: NumberTable
  caption: string
  /** What stands in a row's first cell instead of its name: something to press. */
  lead?: (row: number, name: string) => ReactNode
}

const CELL = "px-2 py-1 text-right first:pl-0 last:pr-0"

/** A chart's numbers, all of them, exact. */
export function NumbersTable({ table, caption, lead }: TableProps) {
  return (
    <div className="max-h-80 overflow-auto" tabIndex={0} role="group" aria-label={`${caption}, scrollable`}>
      <table className="w-full tabular-nums">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-surface text-meta text-muted">
          <tr>
            {table.head.map((name, column) => (
              <th key={column} scope="col" className={`${CELL} font-medium first:text-left`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map(([name, ...cells], row) => (
            <tr key={row} className="border-t border-line">
              <th scope="row" className={`${CELL} text-left font-normal whitespace-nowrap`}>
                {lead ? lead(row, String(name)) : name}
              </th>
              {cells.map((cell, column) => (
                <td key={column} className={`${CELL} whitespace-nowrap`}>
                  {written(cell, table, column + 1)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function written(cell: Cell, { units }: NumberTable, column: number): string {
  if (cell === null) return UNKNOWN
  const unit = units[column]
  return typeof cell === "number" && unit ? full(cell, unit).replace(/ tokens$/, "") : String(cell)
}
