import { useNavigate } from "@tanstack/react-router"
import { ChevronDown, LayoutGrid, List, Search, X } from "lucide-react"
import { useEffect, useEffectEvent, useRef, useState } from "react"

import type { Status } from "@/api/types"
import { Button, buttonClasses } from "@/components/button"
import { Menu, MenuCheck, MenuContent, MenuTrigger } from "@/components/menu"
import { StatusIcon } from "@/components/session/status-mark"
import { toolName } from "@/components/session/tools"
import { STATUSES } from "@/components/session/wording"
import { classes } from "@/lib/classes"
import { useShortcuts } from "@/lib/keys"

import type { BoardView, Choice } from "./board"
import { boardSearch, isNarrowed, type BoardSearch } from "./filter"

const STATUS_WORDS: Record<Status, string> = {
  waiting: "Waiting",
  error: "Error",
  active: "Working",
  idle: "Idle",
  ended: "Ended",
}

type Key = "user" | "tool" | "tag"
type Loose = { [key in keyof BoardSearch]: BoardSearch[key] | undefined }

/** The quick filters. What is chosen stands in the URL, so that a view can be sent to somebody. */
export function Toolbar({ search, board }: { search: BoardSearch; board: BoardView }) {
  const navigate = useNavigate()
  const change = (part: Loose) => void navigate({ to: "/", search: (held) => clean({ ...boardSearch(held), ...part }), replace: true })
  const toggle = (key: Key | "status", value: string) => {
    const held: readonly string[] = search[key] ?? []
    const next = held.includes(value) ? held.filter((one) => one !== value) : [...held, value]
    change({ [key]: next })
  }
  return (
    <div className="flex flex-wrap items-center gap-2 pb-3">
      <SearchBox text={search.q ?? ""} onChange={(q) => change({ q })} />
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
      {isNarrowed(search) && (
        <Button look="ghost" onClick={() => void navigate({ to: "/", search: (held) => (held.view ? { view: held.view } : {}) })}>
          <X aria-hidden size={14} strokeWidth={1.5} />
          Clear
        </Button>
      )}
      <div role="group" aria-label="View" className="ml-auto hidden gap-1 sm:flex">
        <ViewButton label="Grid" chosen={search.view !== "list"} onPress={() => change({ view: undefined })} icon={LayoutGrid} />
        <ViewButton label="List" chosen={search.view === "list"} onPress={() => change({ view: "list" })} icon={List} />
      </div>
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

function SearchBox({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const field = useRef<HTMLInputElement>(null)
  const [draft, setDraft] = useState({ text, from: text })
  // The URL may change without the field, by "Clear" or by going back.
  if (draft.from !== text) setDraft({ text, from: text })
  const change = useEffectEvent(onChange)
  useEffect(() => {
    if (draft.text === text) return
    const timer = setTimeout(() => change(draft.text), 150)
    return () => clearTimeout(timer)
  }, [draft.text, text])
  useShortcuts([{ keys: "/", label: "Filter by text", run: () => field.current?.focus() }])
  return (
    <div className="relative w-full sm:w-56">
      <Search aria-hidden size={14} strokeWidth={1.5} className="absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
      <input
        ref={field}
        type="search"
        aria-label="Filter sessions by text"
        placeholder="Filter"
        maxLength={200}
        value={draft.text}
        onChange={(event) => setDraft({ text: event.target.value, from: text })}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-7 pl-8 text-body placeholder:text-muted"
      />
      <kbd aria-hidden className="absolute hidden sm:block top-1/2 right-2 -translate-y-1/2 font-mono text-meta text-muted">
        {draft.text === "" && "/"}
      </kbd>
    </div>
  )
}

interface FilterMenuProps {
  label: string
  chosen: string[] | undefined
  choices: readonly Choice[]
  name?: (label: string) => string
  onToggle: (value: string) => void
}

function FilterMenu({ label, chosen = [], choices, name = (text) => text, onToggle }: FilterMenuProps) {
  // What the URL asks for stays visible although nothing of it is here just now.
  const absent = chosen.filter((value) => !choices.some((choice) => choice.value === value))
  const shown = [...choices, ...absent.map((value) => ({ value, label: value, count: 0 }))]
  if (shown.length === 0) return null
  const names = shown.filter((choice) => chosen.includes(choice.value)).map((choice) => name(choice.label))
  return (
    <Menu>
      <MenuTrigger className={classes(buttonClasses("secondary"), "font-normal", chosen.length > 0 && "border-accent bg-accent-soft")}>
        {names.length === 0 ? label : `${label}: ${names.length > 2 ? `${names.length} chosen` : names.join(", ")}`}
        <ChevronDown aria-hidden size={14} strokeWidth={1.5} />
      </MenuTrigger>
      <MenuContent label={label} align="start">
        {shown.map((choice) => (
          <MenuCheck key={choice.value} checked={chosen.includes(choice.value)} onCheckedChange={() => onToggle(choice.value)}>
            <span className="flex-1">{name(choice.label)}</span>
            <span className="pl-4 text-muted tabular-nums">{choice.count}</span>
          </MenuCheck>
        ))}
      </MenuContent>
    </Menu>
  )
}

function ViewButton({ label, chosen, onPress, icon: Icon }: { label: string; chosen: boolean; onPress: () => void; icon: typeof List }) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={chosen}
      data-tip={label}
      onClick={onPress}
      className={classes(buttonClasses("ghost", true), chosen && "bg-hover text-text")}
    >
      <Icon aria-hidden size={16} strokeWidth={1.5} />
    </button>
  )
}

/** The URL names only what is chosen. */
function clean(search: Loose): BoardSearch {
  const kept = Object.entries(search).filter(([, value]) => value !== undefined && value !== "" && (!Array.isArray(value) || value.length > 0))
  return Object.fromEntries(kept)
}
