import { X } from "lucide-react"

import { Button } from "@/components/button"
import { FilterMenu } from "@/components/filter-menu"
import { shortModel, toolName } from "@/components/session/tools"

import { DateRangePicker } from "./date-range-picker"
import { FILTERS, isNarrowed, type FilterKey } from "./search"
import { useView } from "./view"

const LABELS: Record<FilterKey, string> = { user: "Person", tool: "Tool", model: "Model", project: "Project", tag: "Tag" }

/** The days, and what the page is narrowed to. All of it stands in the URL, so that it can be sent to somebody. */
export function FilterBar({ without = [] }: { without?: readonly FilterKey[] }) {
  const { search, options, narrow, change } = useView()
  const named = (values: readonly string[] | undefined) => (values ?? []).map((value) => ({ value, label: value }))
  const choices = {
    user: (options?.users ?? []).map((user) => ({ value: user.id, label: user.username })),
    tool: named(options?.tools),
    model: named(options?.models),
    project: named(options?.projects),
    tag: named(options?.tags),
  }
  const names = { user: undefined, tool: toolName, model: shortModel, project: undefined, tag: undefined }
  const clear = () => change(Object.fromEntries(FILTERS.map((key) => [key, undefined])))
  return (
    <div className="flex flex-wrap items-center gap-2 pb-3">
      <DateRangePicker />
      {FILTERS.filter((key) => !without.includes(key)).map((key) => (
        <FilterMenu key={key} label={LABELS[key]} chosen={search[key]} choices={choices[key]} {...(names[key] ? { name: names[key] } : {})} onToggle={(value) => narrow(key, value)} />
      ))}
      {isNarrowed(search) && (
        <Button look="ghost" onClick={clear}>
          <X aria-hidden size={14} strokeWidth={1.5} />
          Clear
        </Button>
      )}
    </div>
  )
}
