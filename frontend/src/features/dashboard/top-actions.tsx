import { Link } from "@tanstack/react-router"
import { Activity, AlarmClock, AlarmClockCheck, Columns3, LayoutGrid, List, MonitorUp, type LucideIcon } from "lucide-react"

import { Button, buttonClasses } from "@/components/button"
import { Menu, MenuCheck, MenuContent, MenuHeading, MenuTrigger } from "@/components/menu"
import { useToast } from "@/components/toasts"
import { askToNotify, canNotify, chooseAlerts, useWaitingAlerts, type Way } from "@/lib/alerts"
import { chime } from "@/lib/chime"
import { classes } from "@/lib/classes"

import type { BoardMemory, SavedView } from "./board-memory"
import { tidy, type BoardSearch, type ViewName } from "./filter"
import { ViewsMenu } from "./views-menu"

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const

interface TopActionsProps {
  memory: BoardMemory
  views: readonly SavedView[]
  search: BoardSearch
  activity: { shown: boolean; show: (shown: boolean) => void }
}

/** Views, activity, alerts and the wall. */
export function TopActions({ memory, views, search, activity }: TopActionsProps) {
  return (
    <div className="flex gap-2">
      <Layouts search={search} />
      <ViewsMenu memory={memory} views={views} search={search} />
      <span className="hidden lg:inline-flex">
        <Button
          square
          aria-label="Team activity"
          aria-pressed={activity.shown}
          data-tip="Team activity"
          onClick={() => activity.show(!activity.shown)}
          className={classes(activity.shown && "border-accent! bg-accent-soft!")}
        >
          <Activity {...ICON} />
        </Button>
      </span>
      <AlertsMenu />
      <span className="hidden sm:inline-flex">
        <Link to="/wall" aria-label="Show on a wall" data-tip="For a screen on the wall: large, and nothing to press" className={buttonClasses("secondary", true)}>
          <MonitorUp {...ICON} />
        </Link>
      </span>
    </div>
  )
}

const LAYOUTS: readonly { view: ViewName | undefined; label: string; icon: LucideIcon }[] = [
  { view: undefined, label: "Grid", icon: LayoutGrid },
  { view: "list", label: "List", icon: List },
  { view: "board", label: "Board by status", icon: Columns3 },
]

function Layouts({ search }: { search: BoardSearch }) {
  return (
    <div role="group" aria-label="Layout" className="hidden gap-1 sm:flex">
      {LAYOUTS.map(({ view, label, icon: Icon }) => (
        <Link
          key={label}
          to="/"
          search={tidy({ ...search, view })}
          replace
          aria-label={label}
          aria-current={search.view === view ? "true" : undefined}
          data-tip={label}
          className={classes(buttonClasses("ghost", true), search.view === view && "bg-hover text-text")}
        >
          <Icon {...ICON} />
        </Link>
      ))}
    </div>
  )
}

/** Off until somebody wants it, and only for this browser: another may stand in a meeting room. */
function AlertsMenu() {
  const ways = useWaitingAlerts()
  const say = useToast()
  const toggle = (way: Way) => chooseAlerts(ways.includes(way) ? ways.filter((one) => one !== way) : [...ways, way])
  const toggleNotification = async () => {
    if (!ways.includes("notification") && !(await askToNotify())) return say("This browser does not let the page notify. Its settings can change that.")
    toggle("notification")
  }
  const Icon = ways.length > 0 ? AlarmClockCheck : AlarmClock
  return (
    <Menu>
      <MenuTrigger aria-label="Alerts" data-tip="Alerts in this browser" className={buttonClasses("secondary", true)}>
        <Icon {...ICON} />
      </MenuTrigger>
      <MenuContent label="Alerts">
        <MenuHeading>When a session of mine waits, in this browser</MenuHeading>
        <MenuCheck checked={ways.includes("notification")} disabled={!canNotify() && !ways.includes("notification")} onCheckedChange={() => void toggleNotification()}>
          Notification
        </MenuCheck>
        <MenuCheck
          checked={ways.includes("sound")}
          onCheckedChange={() => {
            if (!ways.includes("sound")) chime()
            toggle("sound")
          }}
        >
          Sound
        </MenuCheck>
      </MenuContent>
    </Menu>
  )
}
