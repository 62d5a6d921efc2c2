import { useNavigate } from "@tanstack/react-router"
import { Bell, BellRing, ChartColumn, ChartLine, Hand, Laptop, Lightbulb, LayoutGrid, LogOut, MonitorUp, Moon, ScrollText, Search, Settings, Sun, SunMoon, User, Users, Webhook, Zap } from "lucide-react"
import { useState, type KeyboardEvent, type ReactNode } from "react"

import { homeChannel, useApi, useUser } from "@/api/context"
import { StatusIcon } from "@/components/session/status-mark"
import { titleOf } from "@/components/session/wording"
import { classes } from "@/lib/classes"
import { activeCommands } from "@/lib/commands"
import { chooseTheme } from "@/lib/theme"

import { found, type Entry } from "./palette-entries"

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const
const LIST = "palette-list"

/** What was typed, and what is called so: a page, a session or a command. */
export function Finder({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState("")
  const entries = useEntries(text)
  const [at, setAt] = useState(0)
  const shown = found(entries, text)
  const chosen = Math.min(at, shown.length - 1)
  const run = (entry: Entry<ReactNode> | undefined) => {
    if (!entry) return
    onDone()
    entry.run()
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt((chosen + step + shown.length) % Math.max(shown.length, 1))
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) run(shown[chosen])
  }
  return (
    <>
      <input
        role="combobox"
        aria-label="Find a page, session or command"
        aria-expanded
        aria-controls={LIST}
        aria-activedescendant={shown[chosen] ? `${LIST}-${chosen}` : undefined}
        autoFocus
        placeholder="Find a page, session or command"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={press}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-prose placeholder:text-muted focus-visible:-outline-offset-2"
      />
      <ul id={LIST} role="listbox" aria-label="Found" className="max-h-[50vh] overflow-y-auto p-1">
        {shown.map((entry, index) => (
          <li
            key={entry.key}
            id={`${LIST}-${index}`}
            role="option"
            aria-selected={index === chosen}
            ref={(item) => {
              if (index === chosen) item?.scrollIntoView({ block: "nearest" })
            }}
            onPointerMove={() => setAt(index)}
            onClick={() => run(entry)}
            className={classes("flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-3", index === chosen && "bg-hover")}
          >
            <span className="inline-flex w-4 shrink-0 justify-center text-muted">{entry.icon}</span>
            <span className="truncate">{entry.label}</span>
            <span className="ml-auto shrink-0 truncate text-meta text-muted">{entry.note}</span>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className="px-4 pb-4 text-muted">Nothing is called that.</p>}
    </>
  )
}

/** The open page's own commands, then pages and appearance, then sessions by name. */
function useEntries(text: string): Entry<ReactNode>[] {
  const { auth, sessions } = useApi()
  const user = useUser()
  const navigate = useNavigate()
  const wanted = text.trim().slice(0, 200)
  // What the page can do is taken down when the palette opens: the list must not move under the finger.
  const [ofPage] = useState(activeCommands)
  const commands: Entry<ReactNode>[] = [
    ...ofPage.map((command, index) => ({ ...command, key: `page ${index}`, icon: <Zap {...ICON} /> })),
    { key: "dashboard", label: "Dashboard", note: "Page", icon: <LayoutGrid {...ICON} />, run: () => void navigate({ to: "/" }) },
    { key: "analytics", label: "Analytics", note: "Page", icon: <ChartColumn {...ICON} />, run: () => void navigate({ to: "/analytics" }) },
    { key: "insights", label: "Insights", note: "Page", icon: <Lightbulb {...ICON} />, run: () => void navigate({ to: "/insights" }) },
    { key: "notifications", label: "Notifications", note: "Page", icon: <Bell {...ICON} />, run: () => void navigate({ to: "/notifications" }) },
    { key: "alerts", label: "Alerts", note: "Page", icon: <BellRing {...ICON} />, run: () => void navigate({ to: "/notifications", search: { show: "alerts" } }) },
    { key: "me", label: "My numbers", note: "Page", icon: <ChartLine {...ICON} />, run: () => void navigate({ to: "/me" }) },
    { key: "settings", label: "Settings", note: "Page", icon: <Settings {...ICON} />, run: () => void navigate({ to: "/settings" }) },
    { key: "team", label: "Team settings", note: "Page", icon: <Settings {...ICON} />, run: () => void navigate({ to: "/settings/team" }) },
    { key: "members", label: "Members and invitations", note: "Page", icon: <Users {...ICON} />, run: () => void navigate({ to: "/settings/members" }) },
    { key: "machines", label: "Machines", note: "Page", icon: <Laptop {...ICON} />, run: () => void navigate({ to: "/settings/machines" }) },
    { key: "notification-settings", label: "Notification settings", note: "Page", icon: <Settings {...ICON} />, run: () => void navigate({ to: "/settings/notifications" }) },
    { key: "webhooks", label: "Webhooks", note: "Page", icon: <Webhook {...ICON} />, run: () => void navigate({ to: "/settings/webhooks" }) },
    ...(user.role === "admin"
      ? [{ key: "audit", label: "Audit log", note: "Page", icon: <ScrollText {...ICON} />, run: () => void navigate({ to: "/settings/audit" }) }]
      : []),
    { key: "connect", label: "Connect a machine", note: "Page", icon: <Laptop {...ICON} />, run: () => void navigate({ to: "/connect" }) },
    { key: "wall", label: "Wall", note: "Page", icon: <MonitorUp {...ICON} />, run: () => void navigate({ to: "/wall" }) },
    { key: "account", label: "Account and devices", note: "Page", icon: <Settings {...ICON} />, run: () => void navigate({ to: "/settings" }) },
    { key: "mine", label: "My sessions", note: "Filter by person", icon: <User {...ICON} />, run: () => void navigate({ to: "/", search: { user: [user.id] } }) },
    { key: "waiting", label: "Sessions that wait", note: "Filter by status", icon: <Hand {...ICON} />, run: () => void navigate({ to: "/", search: { status: ["waiting"] } }) },
    { key: "system", label: "Theme of the system", note: "Appearance", icon: <SunMoon {...ICON} />, run: () => chooseTheme("system") },
    { key: "light", label: "Light theme", note: "Appearance", icon: <Sun {...ICON} />, run: () => chooseTheme("light") },
    { key: "dark", label: "Dark theme", note: "Appearance", icon: <Moon {...ICON} />, run: () => chooseTheme("dark") },
    { key: "sign-out", label: "Sign out", note: "Account", icon: <LogOut {...ICON} />, run: () => void auth.signOut() },
  ]
  const held = [...sessions.ids(homeChannel(user))].flatMap((id) => sessions.get(id) ?? [])
  return [
    ...commands,
    ...held.map((session) => ({
      key: session.id,
      label: titleOf(session),
      note: [session.username, session.repository ?? session.project].filter(Boolean).join(" · "),
      icon: <StatusIcon status={session.status} />,
      run: () => void navigate({ to: "/sessions/$id", params: { id: session.id } }),
    })),
    ...(wanted === ""
      ? []
      : [
          { key: "in-insights", label: `Find “${wanted}” in insights`, note: "Search", icon: <Search {...ICON} />, run: () => void navigate({ to: "/insights", search: { q: wanted } }) },
          { key: "filter", label: `Filter the dashboard by “${wanted}”`, note: "Filter", icon: <Search {...ICON} />, run: () => void navigate({ to: "/", search: { q: wanted } }) },
        ]),
  ]
}
