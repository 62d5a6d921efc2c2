import { Download, MoreHorizontal, Table2 } from "lucide-react"
import { useState, type ReactNode } from "react"

import { Button, buttonClasses } from "@/components/button"
import { Menu, MenuContent, MenuHeading, MenuItem, MenuTrigger } from "@/components/menu"
import { Failure } from "@/components/notice"
import { Nothing, Section } from "@/components/section"
import { Skeleton } from "@/components/skeleton"
import { classes } from "@/lib/classes"
import { csvOf } from "@/lib/csv"
import { saveFile } from "@/lib/save-file"

import { NumbersTable } from "./number-table"
import type { NumberTable } from "./series"

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const

interface Asked<T> {
  data: T | undefined
  error: unknown
  isPlaceholderData: boolean
  refetch: () => unknown
}

interface ChartCardProps<T> {
  title: string
  /** What is shown and how it is counted. */
  definition: string
  /** Of the file that holds its numbers. */
  file: string
  query: Asked<T>
  /** Its height while it loads, as it will be. */
  tall: string
  controls?: ReactNode
  /** Why there is nothing to draw; null where there is something. */
  empty: (data: T) => string | null
  table: (data: T) => NumberTable
  /** What goes into a file; without it the table. */
  raw?: (data: T) => NumberTable
  lead?: (data: T, row: number, name: string) => ReactNode
  children: (data: T) => ReactNode
}

/** A chart with its title, its meaning, its numbers as a table and as a file; it waits and fails by itself. */
export function ChartCard<T>({ title, definition, file, query, tall, controls, empty, table, raw = table, lead, children }: ChartCardProps<T>) {
  const [asTable, setAsTable] = useState(false)
  const { data } = query
  const nothing = data === undefined ? null : empty(data)
  const hasNumbers = data !== undefined && nothing === null
  return (
    <Section
      title={title}
      definition={definition}
      aside={hasNumbers && <Actions title={title} file={file} asTable={asTable} onTable={() => setAsTable(!asTable)} numbers={() => raw(data)} />}
    >
      {controls && <div className="mb-2 flex flex-wrap items-center gap-2">{controls}</div>}
      {data === undefined && query.error !== null && <Failure title={`${title} could not be loaded`} error={query.error} retry={() => query.refetch()} />}
      {data === undefined && query.error === null && (
        <div aria-busy="true">
          <Skeleton className={tall} />
        </div>
      )}
      {nothing !== null && (
        <div className={classes("flex items-center justify-center px-4 text-center", tall)}>
          <Nothing>{nothing}</Nothing>
        </div>
      )}
      {hasNumbers && (
        <div aria-busy={query.isPlaceholderData} className={classes(query.isPlaceholderData && "opacity-60 transition-opacity")}>
          {asTable ? <NumbersTable table={table(data)} caption={title} {...(lead ? { lead: (row, name) => lead(data, row, name) } : {})} /> : children(data)}
        </div>
      )}
    </Section>
  )
}

interface ActionsProps {
  title: string
  file: string
  asTable: boolean
  onTable: () => void
  numbers: () => NumberTable
}

function Actions({ title, file, asTable, onTable, numbers }: ActionsProps) {
  const save = (format: "csv" | "json") => {
    const { head, rows } = numbers()
    if (format === "csv") return saveFile(`${file}.csv`, "text/csv", csvOf(head, rows))
    const objects = rows.map((row) => Object.fromEntries(row.map((cell, column) => [head[column] ?? "", cell] as const)))
    saveFile(`${file}.json`, "application/json", JSON.stringify(objects, null, 2))
  }
  return (
    <>
      <Button look="ghost" aria-pressed={asTable} aria-label={`View as table: ${title}`} data-tip={asTable ? "View as chart" : "View as table"} square onClick={onTable}>
        <Table2 {...ICON} />
      </Button>
      <Menu>
        <MenuTrigger aria-label={`Export: ${title}`} className={buttonClasses("ghost", true)}>
          <MoreHorizontal {...ICON} />
        </MenuTrigger>
        <MenuContent label={`Export: ${title}`}>
          <MenuHeading>These numbers</MenuHeading>
          <MenuItem icon={<Download {...ICON} />} onSelect={() => save("csv")}>
            Export as CSV
          </MenuItem>
          <MenuItem icon={<Download {...ICON} />} onSelect={() => save("json")}>
            Export as JSON
          </MenuItem>
        </MenuContent>
      </Menu>
    </>
  )
}

interface PickProps<V extends string> {
  label: string
  value: V
  choices: readonly { value: V; label: string }[]
  onChange: (value: V) => void
}

/** One of a few, by the browser's own control, beside a chart. */
export function Pick<V extends string>({ label, value, choices, onChange }: PickProps<V>) {
  return (
    <label className="inline-flex items-center gap-1.5 text-meta text-muted">
      {label}
      <select
        value={value}
        onChange={(event) => onChange(event.target.value as V)}
        className="h-7 max-w-40 rounded-md border border-line-strong bg-surface px-1.5 text-meta text-text"
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </label>
  )
}
