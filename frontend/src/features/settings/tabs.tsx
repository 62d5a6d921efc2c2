import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"

import { useUser } from "@/api/context"
import { Page } from "@/components/page"
import { classes } from "@/lib/classes"

const PLACES = [
  { to: "/settings", label: "Account", admins: false },
  { to: "/settings/notifications", label: "Notifications", admins: false },
  { to: "/settings/team", label: "Team", admins: false },
  { to: "/settings/members", label: "Members", admins: false },
  { to: "/settings/machines", label: "Machines", admins: false },
  { to: "/settings/webhooks", label: "Webhooks", admins: false },
  { to: "/settings/audit", label: "Audit log", admins: true },
] as const

/** One of the pages of settings, with the way to the others. */
export function SettingsPage({ answer, children }: { answer: string; children: ReactNode }) {
  const { role } = useUser()
  return (
    <Page title="Settings" answer={answer}>
      <nav aria-label="Settings" className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
        {PLACES.filter((place) => !place.admins || role === "admin").map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: true }}
            activeProps={{ className: "border-accent font-medium text-text" }}
            inactiveProps={{ className: "border-transparent text-muted hover:text-text" }}
            className={classes("-mb-px shrink-0 rounded-t-md border-b-2 px-3 py-2 whitespace-nowrap", "focus-visible:outline-offset-[-2px]")}
          >
            {label}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  )
}
