import { useNavigate } from "@tanstack/react-router"
import { Laptop, LayoutGrid, LogOut, Moon, ScrollText, Settings, Sun, Users } from "lucide-react"
import { Dialog as Radix } from "radix-ui"
import { useState, type KeyboardEvent, type ReactNode } from "react"

import { homeChannel, useApi, useUser } from "@/api/context"
import { StatusIcon } from "@/components/session/status-mark"
import { titleOf } from "@/components/session/wording"
import { classes } from "@/lib/classes"
import { useShortcuts } from "@/lib/keys"
import { chooseTheme } from "@/lib/theme"

import { found, type Entry } from "./palette-entries"

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const
const LIST = "palette-list"

/** Ctrl or Cmd and K, everywhere: a page, a session or a command by its name. */
export function Palette() {
  const [open, setOpen] = useState(false)
  useShortcuts([{ keys: "mod+k", label: "Find a page or session", run: () => setOpen(true), always: true }])
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-canvas/70" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-40 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 animate-appear overflow-hidden rounded-card border border-line bg-raised shadow-floating"
        >
          <Radix.Title className="sr-only">Find a page or session</Radix.Title>
          <Finder onDone={() => setOpen(false)} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Finder({ onDone }: { onDone: () => void }) {
  const entries = useEntries()
  const [text, setText] = useState("")
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
        aria-label="Find a page or session"
        aria-expanded
        aria-controls={LIST}
        aria-activedescendant={shown[chosen] ? `${LIST}-${chosen}` : undefined}
        autoFocus
        placeholder="Find a page or session"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={press}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-prose placeholder:text-muted focus-visible:outline-none"
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

function useEntries(): Entry<ReactNode>[] {
  const { auth, sessions } = useApi()
  const user = useUser()
  const navigate = useNavigate()
  const commands: Entry<ReactNode>[] = [
    { key: "dashboard", label: "Dashboard", note: "Page", icon: <LayoutGrid {...ICON} />, run: () => void navigate({ to: "/" }) },
    { key: "settings", label: "Settings", note: "Page", icon: <Settings {...ICON} />, run: () => void navigate({ to: "/settings" }) },
    { key: "team", label: "Team settings", note: "Page", icon: <Settings {...ICON} />, run: () => void navigate({ to: "/settings/team" }) },
    { key: "members", label: "Members and invitations", note: "Page", icon: <Users {...ICON} />, run: () => void navigate({ to: "/settings/members" }) },
    { key: "machines", label: "Machines", note: "Page", icon: <Laptop {...ICON} />, run: () => void navigate({ to: "/settings/machines" }) },
    ...(user.role === "admin"
      ? [{ key: "audit", label: "Audit log", note: "Page", icon: <ScrollText {...ICON} />, run: () => void navigate({ to: "/settings/audit" }) }]
      : []),
    { key: "connect", label: "Connect a machine", note: "Page", icon: <Laptop {...ICON} />, run: () => void navigate({ to: "/connect" }) },
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
  ]
}
