import { useNavigate } from "@tanstack/react-router"
import { ChevronDown, X } from "lucide-react"

import type { Status } from "@/api/types"
import { Button, buttonClasses } from "@/components/button"
import { FilterMenu } from "@/components/filter-menu"
import { Menu, MenuChoice, MenuContent, MenuTrigger } from "@/components/menu"
import { SearchBox } from "@/components/search-box"
import { StatusIcon } from "@/components/session/status-mark"
import { toolName } from "@/components/session/tools"
import { STATUSES } from "@/components/session/wording"
import { classes } from "@/lib/classes"

import type { BoardView } from "./board"
import { boardSearch, isNarrowed, tidy, unnarrowed, type BoardSearch, type Grouping, type Loose } from "./filter"
import { STATUS_WORDS } from "./order"

type Key = "user" | "tool" | "tag"

const GROUPINGS: readonly { value: Grouping | "none"; label: string }[] = [
  { value: "none", label: "No groups" },
  { value: "person", label: "By person" },
  { value: "repository", label: "By repository" },
  { value: "status", label: "By status" },
]

/** The quick filters. What is chosen stands in the URL, so that a view can be sent to somebody. */
export function QuickFilters({ search, board }: { search: BoardSearch; board: BoardView }) {
  const navigate = useNavigate()
  const change = (part: Loose) => void navigate({ to: "/", search: (held) => tidy({ ...boardSearch(held), ...part }), replace: true })
  const toggle = (key: Key | "status", value: string) => {
    const held: readonly string[] = search[key] ?? []
    const next = held.includes(value) ? held.filter((one) => one !== value) : [...held, value]
    change({ [key]: next })
  }
  return (
    <div className="flex flex-wrap items-center gap-2 pb-3">
      <SearchBox label="Filter sessions by text" text={search.q ?? ""} onChange={(q) => change({ q })} />
      <div role="group" aria-label="Status" className="-mx-4 flex gap-1 overflow-x-auto px-4 py-1 sm:mx-0 sm:flex-wrap sm:overflow-visible sm:p-0">
        {STATUSES.map((status) => (
          <button
            key={status}
            type="button"
            aria-pressed={search.status?.includes(status) ?? false}
            onClick={() => toggle("status", status)}
            className={classes(
              "inline-flex h-8 shrink-0 items-center gap-1.5 rounded-md border px-2 text-body",
              search.status?.includes(status) ? "border-accent bg-accent-soft" : "border-line hover:bg-hover",
            )}
          >
            <span className={classes("inline-flex", TONES[status])}>
              <StatusIcon status={status} />
            </span>
            <span>{STATUS_WORDS[status]}</span>
            <span className="text-muted tabular-nums">{board.statuses[status]}</span>
          </button>
        ))}
      </div>
      <FilterMenu label="Person" chosen={search.user} choices={board.people} onToggle={(value) => toggle("user", value)} />
      <FilterMenu label="Tool" chosen={search.tool} choices={board.tools} name={toolName} onToggle={(value) => toggle("tool", value)} />
      <FilterMenu label="Tag" chosen={search.tag} choices={board.tags} onToggle={(value) => toggle("tag", value)} />
      {search.view !== "board" && <GroupMenu chosen={search.group} onChange={(group) => change({ group })} />}
      {isNarrowed(search) && (
        <Button look="ghost" onClick={() => void navigate({ to: "/", search: (held) => unnarrowed(boardSearch(held)) })}>
          <X aria-hidden size={14} strokeWidth={1.5} />
          Clear
        </Button>
      )}
    </div>
  )
}

const TONES: Record<Status, string> = {
  waiting: "text-warning-ink",
  error: "text-critical-ink",
  active: "text-good-ink",
  idle: "text-muted",
  ended: "text-muted",
}

function GroupMenu({ chosen, onChange }: { chosen: Grouping | undefined; onChange: (grouping: Grouping | undefined) => void }) {
  const label = GROUPINGS.find(({ value }) => value === chosen)?.label
  return (
    <Menu>
      <MenuTrigger className={classes(buttonClasses("secondary"), "font-normal", chosen && "border-accent! bg-accent-soft!")}>
        {label ?? "Group"}
        <ChevronDown aria-hidden size={14} strokeWidth={1.5} />
      </MenuTrigger>
      <MenuContent label="Group">
        <MenuChoice value={chosen ?? "none"} choices={GROUPINGS} onChange={(value) => onChange(value === "none" ? undefined : value)} />
      </MenuContent>
    </Menu>
  )
}
