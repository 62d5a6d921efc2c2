import { Link, useNavigate } from "@tanstack/react-router"
import { ChartColumn, ChartLine, LayoutGrid, Lightbulb, LogOut, PanelLeftClose, PanelLeftOpen, Settings, SlidersHorizontal, type LucideIcon } from "lucide-react"
import { useState } from "react"

import { useApi, useUser } from "@/api/context"
import { Avatar } from "@/components/avatar"
import { Bell } from "@/components/notices/bell"
import { Menu, MenuContent, MenuHeading, MenuItem, MenuLine, MenuTrigger } from "@/components/menu"
import { classes } from "@/lib/classes"
import { kept } from "@/lib/kept"
import { useShortcuts } from "@/lib/keys"

import { NewTeam, TeamItems, TeamSwitch } from "./team-switch"

interface Place {
  to: "/" | "/analytics" | "/insights" | "/settings"
  label: string
  icon: LucideIcon
}

const PLACES: readonly Place[] = [
  { to: "/", label: "Dashboard", icon: LayoutGrid },
  { to: "/analytics", label: "Analytics", icon: ChartColumn },
  { to: "/insights", label: "Insights", icon: Lightbulb },
  { to: "/settings", label: "Settings", icon: Settings },
]

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const
const RAIL = "rail"

/** Where one can go. A bar at the bottom where the screen is narrow. */
export function Rail() {
  const navigate = useNavigate()
  const [open, setOpen] = useState(startsOpen)
  useShortcuts([
    { keys: "g d", label: "Go to the dashboard", run: () => void navigate({ to: "/" }) },
    { keys: "g a", label: "Go to analytics", run: () => void navigate({ to: "/analytics" }) },
    { keys: "g i", label: "Go to insights", run: () => void navigate({ to: "/insights" }) },
    { keys: "g n", label: "Go to notifications", run: () => void navigate({ to: "/notifications" }) },
    { keys: "g s", label: "Go to settings", run: () => void navigate({ to: "/settings" }) },
  ])
  const toggle = () => {
    setOpen(!open)
    kept.setItem(RAIL, open ? "closed" : "open")
  }
  return (
    <nav
      aria-label="Main"
      className={classes(
        "flex shrink-0 items-center justify-around border-t border-line bg-surface px-1",
        "h-14 sm:h-full sm:flex-col sm:items-stretch sm:justify-start sm:gap-0.5 sm:border-t-0 sm:border-r sm:p-2",
        open ? "sm:w-55" : "sm:w-14",
      )}
    >
      <TeamSwitch open={open} />
      {PLACES.map((place) => (
        <PlaceLink key={place.to} {...place} open={open} />
      ))}
      <div className="hidden flex-1 sm:block" />
      <div className="hidden sm:contents">
        <Bell look={open ? "wide" : "narrow"} />
      </div>
      <button
        type="button"
        onClick={toggle}
        aria-expanded={open}
        aria-label={open ? "Close the rail" : "Open the rail"}
        data-tip={open ? undefined : "Open the rail"}
        className="hidden h-8 items-center gap-2.5 rounded-md px-3 text-muted hover:bg-hover sm:flex"
      >
        {open ? <PanelLeftClose {...ICON} /> : <PanelLeftOpen {...ICON} />}
        {open && <span>Close</span>}
      </button>
      <Person open={open} />
    </nav>
  )
}

function PlaceLink({ to, label, icon: Icon, open }: Place & { open: boolean }) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: to === "/", includeSearch: false }}
      activeProps={{ className: "bg-hover text-text font-medium" }}
      inactiveProps={{ className: "text-muted hover:bg-hover hover:text-text" }}
      data-tip={open ? undefined : label}
      className="flex flex-col items-center gap-0.5 rounded-md px-1 py-1 text-meta min-[390px]:px-2 sm:h-8 sm:flex-row sm:gap-2.5 sm:px-3 sm:py-0 sm:text-body"
    >
      <Icon {...ICON} className="shrink-0" />
      <span className={classes(!open && "sm:sr-only")}>{label}</span>
    </Link>
  )
}

function Person({ open }: { open: boolean }) {
  const { auth } = useApi()
  const user = useUser()
  const navigate = useNavigate()
  const [making, setMaking] = useState(false)
  return (
    <>
      <Menu>
        <MenuTrigger
          aria-label={`Account of ${user.username}`}
          className="flex min-w-0 flex-col items-center gap-0.5 rounded-md px-1 py-1 text-meta hover:bg-hover min-[390px]:px-2 sm:h-10 sm:flex-row sm:gap-2 sm:px-2.5 sm:text-body"
        >
          <Avatar name={user.username} id={user.id} />
          <span className={classes("max-w-full truncate text-muted sm:max-w-none sm:text-text", !open && "sm:sr-only")}>{user.username}</span>
        </MenuTrigger>
        <MenuContent align="start">
          <MenuHeading>{user.email}</MenuHeading>
          <MenuItem icon={<ChartLine {...ICON} />} onSelect={() => void navigate({ to: "/me" })}>
            My numbers
          </MenuItem>
          <MenuItem icon={<SlidersHorizontal {...ICON} />} onSelect={() => void navigate({ to: "/settings" })}>
            Account and appearance
          </MenuItem>
          <MenuItem icon={<LogOut {...ICON} />} onSelect={() => void auth.signOut()}>
            Sign out
          </MenuItem>
          {/* The bar at the bottom has no room for a switch of its own. */}
          <div className="sm:hidden">
            <MenuLine />
            <TeamItems onMake={() => setMaking(true)} />
          </div>
        </MenuContent>
      </Menu>
      <NewTeam open={making} onOpenChange={setMaking} />
    </>
  )
}

/** As the person left it; at first open where there is room. */
function startsOpen(): boolean {
  const held = kept.getItem(RAIL)
  return held === null ? matchMedia("(min-width: 1280px)").matches : held === "open"
}
