import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { X } from "lucide-react"

import { useApi } from "@/api/context"
import { insightTags } from "@/api/insights"
import { memberList } from "@/api/members"
import { sessionDetail } from "@/api/sessions"
import { Button } from "@/components/button"
import { FilterMenu } from "@/components/filter-menu"
import { INSIGHT_STATES, INSIGHT_TYPES, STATES, TYPES } from "@/components/insight/kinds"
import { SearchBox } from "@/components/search-box"
import { titleOf } from "@/components/session/wording"
import { classes } from "@/lib/classes"

import { insightSearch, isNarrowed, SORTS, tidy, toggled, unnarrowed, type InsightSearch, type Loose } from "./search"

const ORIGINS = [
  { value: "person", label: "People" },
  { value: "detected", label: "Detected" },
] as const

/** The order, and what the feed is narrowed to. All of it stands in the URL, so that it can be sent to somebody. */
export function InsightFilters({ search, team }: { search: InsightSearch; team: string }) {
  const navigate = useNavigate()
  const api = useApi()
  const members = useInfiniteQuery(memberList(api, team))
  const tags = useQuery(insightTags(api))
  const go = (next: (held: InsightSearch) => InsightSearch) =>
    void navigate({ to: "/insights", search: (held) => next(insightSearch({ ...held })), replace: true, resetScroll: false })
  const change = (part: Loose) => go((held) => tidy({ ...held, ...part }))
  const toggle = (key: "type" | "tag" | "user" | "state") => (value: string) => go((held) => toggled(held, key, value))
  const people = (members.data?.pages.flatMap((page) => page.items) ?? []).map((one) => ({ value: one.user_id, label: one.username }))
  return (
    <div className="flex flex-wrap items-center gap-2 pb-3">
      <div role="group" aria-label="Order" className="flex gap-0.5 rounded-md bg-track p-0.5">
        {SORTS.map(({ value, label, meaning }) => (
          <button
            key={value}
            type="button"
            aria-pressed={(search.sort ?? "hot") === value}
            data-tip={meaning}
            onClick={() => change({ sort: value === "hot" ? undefined : value })}
            className={classes("inline-flex h-7 items-center rounded-sm px-3", (search.sort ?? "hot") === value ? "bg-surface font-medium" : "text-muted hover:text-text")}
          >
            {label}
          </button>
        ))}
      </div>
      <SearchBox label="Filter insights by text" text={search.q ?? ""} onChange={(q) => change({ q })} />
      <FilterMenu label="Type" chosen={search.type} choices={INSIGHT_TYPES.map((value) => ({ value, label: TYPES[value].label }))} onToggle={toggle("type")} />
      <FilterMenu label="State" chosen={search.state} choices={INSIGHT_STATES.map((value) => ({ value, label: STATES[value].label }))} onToggle={toggle("state")} />
      <FilterMenu label="Tag" chosen={search.tag} choices={(tags.data ?? []).slice(0, 40).map(({ tag, insights }) => ({ value: tag, label: tag, count: insights }))} onToggle={toggle("tag")} />
      <FilterMenu label="Person" chosen={search.user} choices={people} onToggle={toggle("user")} />
      <FilterMenu
        label="From"
        chosen={search.origin ? [search.origin] : []}
        choices={ORIGINS}
        onToggle={(value) => change({ origin: search.origin === value ? undefined : ORIGINS.find((one) => one.value === value)?.value })}
      />
      {search.session !== undefined && <OfSession id={search.session} onDrop={() => change({ session: undefined })} />}
      {isNarrowed(search) && (
        <Button look="ghost" onClick={() => go(unnarrowed)}>
          <X aria-hidden size={14} strokeWidth={1.5} />
          Clear
        </Button>
      )}
    </div>
  )
}

function OfSession({ id, onDrop }: { id: string; onDrop: () => void }) {
  const { data } = useQuery({ ...sessionDetail(useApi(), id), retry: false })
  const name = data ? titleOf(data) : "one session"
  return (
    <span className="inline-flex h-8 max-w-full items-center rounded-md border border-accent bg-accent-soft pl-3">
      <span className="truncate">Session: {name}</span>
      <button type="button" aria-label={`Insights of all sessions, not only of ${name}`} onClick={onDrop} className="inline-flex size-8 items-center justify-center rounded-md text-muted hover:text-text">
        <X aria-hidden size={14} strokeWidth={1.5} />
      </button>
    </span>
  )
}
