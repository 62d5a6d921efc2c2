import { Link } from "@tanstack/react-router"
import { CalendarX, SearchX, Unplug } from "lucide-react"

import { Button, buttonClasses } from "@/components/button"
import { Empty } from "@/components/notice"

import { rangeLabel } from "./range"
import { FILTERS, isNarrowed } from "./search"
import { useView } from "./view"

const ICON = { "aria-hidden": true, size: 24, strokeWidth: 1.5 } as const

/** Why there is nothing to count, and the next step. */
export function Nothing({ never }: { never: boolean }) {
  const { search, range, zone, change } = useView()
  if (isNarrowed(search)) {
    const clear = () => change(Object.fromEntries(FILTERS.map((key) => [key, undefined])))
    return (
      <Empty title="Nothing matches in this time" icon={<SearchX {...ICON} />} action={<Button onClick={clear}>Clear the filters</Button>}>
        In {rangeLabel(range, zone)} nothing that you may see was done with what the page is narrowed to.
      </Empty>
    )
  }
  if (never) {
    return (
      <Empty
        title="There is nothing to count yet"
        icon={<Unplug {...ICON} />}
        action={
          <Link to="/connect" className={buttonClasses("primary")}>
            Connect a machine
          </Link>
        }
      >
        No session that you may see has been reported in the last year. An agent on your machine reports the numbers of your coding tools; colleagues’ sessions count
        here when they are shared.
      </Empty>
    )
  }
  return (
    <Empty title="Nothing in this time" icon={<CalendarX {...ICON} />} action={<Button onClick={() => change({ range: "90d", from: undefined, to: undefined })}>Show the last 90 days</Button>}>
      No session that you may see began or used tokens in {rangeLabel(range, zone)}, by the clock of {zone}.
    </Empty>
  )
}
