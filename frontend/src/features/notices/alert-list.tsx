import { useInfiniteQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { ShieldCheck } from "lucide-react"

import { alertList } from "@/api/alerts"
import { useApi } from "@/api/context"
import type { AlertState, User } from "@/api/types"
import { Endless } from "@/components/endless"
import { Empty } from "@/components/notice"
import { Part } from "@/components/section"
import { classes } from "@/lib/classes"

import { AlertRow, STATE_WORDS } from "./alert-row"
import { ALERT_STATES, noticeSearch, type NoticeSearch } from "./search"

const NOT_OVER: AlertState[] = ["open", "acknowledged", "snoozed"]

/** Incidents, each once, and what became of them. */
export function AlertList({ search, user }: { search: NoticeSearch; user: User }) {
  const navigate = useNavigate()
  const alerts = useInfiniteQuery(alertList(useApi(), search.state ?? NOT_OVER))
  const held = alerts.data?.pages.flatMap((page) => page.items) ?? []
  const toggle = (state: AlertState) => {
    const before = search.state ?? []
    const next = before.includes(state) ? before.filter((one) => one !== state) : [...before, state]
    void navigate({ to: "/notifications", search: noticeSearch({ show: "alerts", state: next }), replace: true })
  }
  return (
    <>
      <div role="group" aria-label="State" className="mb-2 flex flex-wrap gap-1">
        {ALERT_STATES.map((state) => (
          <button
            key={state}
            type="button"
            aria-pressed={search.state?.includes(state) ?? false}
            onClick={() => toggle(state)}
            className={classes("inline-flex h-8 items-center rounded-md border px-3", search.state?.includes(state) ? "border-accent bg-accent-soft" : "border-line hover:bg-hover")}
          >
            {STATE_WORDS[state]}
          </button>
        ))}
      </div>
      <Part query={alerts} failure="The alerts could not be loaded" lines={6}>
        {() =>
          held.length === 0 ? (
            <Empty title={search.state ? "None of this kind" : "Nothing is open"} icon={<ShieldCheck aria-hidden size={24} strokeWidth={1.5} />}>
              An alert begins when a session’s health falls below your team’s threshold, its context or a budget fills up, it waits long or runs away, or a machine falls silent.
            </Empty>
          ) : (
            <ul aria-label="Alerts" className="divide-y divide-line rounded-card border border-line bg-surface">
              {held.map((alert) => (
                <AlertRow key={alert.id} alert={alert} user={user} />
              ))}
            </ul>
          )
        }
      </Part>
      <Endless query={alerts} label="Show earlier" />
    </>
  )
}
