import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"

import { classes } from "@/lib/classes"

import { LiveIndicator } from "./live-indicator"
import { Bell } from "./notices/bell"

interface PageProps {
  title: string
  /** It was opened from another page, and leads back there: from the dashboard unless it says so. */
  below?: boolean | { to: "/insights"; label: string }
  /** The page's answer in one line. */
  answer?: ReactNode
  actions?: ReactNode
  /** Right after the title: ways to pages beside this one. */
  beside?: ReactNode
  /** Uses the whole width, for walls of cards. */
  wide?: boolean
  children: ReactNode
}

const DASHBOARD = { to: "/", label: "Dashboard" } as const

/** A page's top row and its content. */
export function Page({ title, answer, actions, beside, wide = false, below = false, children }: PageProps) {
  const above = typeof below === "object" ? below : DASHBOARD
  return (
    <div className={classes("mx-auto flex min-h-full w-full flex-col px-4 sm:px-6", !wide && "max-w-[1440px]")}>
      <title>{`${title} · Team Dashboard`}</title>
      <header className="flex flex-wrap items-center gap-x-4 gap-y-1 pt-4 pb-3">
        <div className="flex min-w-0 items-center gap-2">
          {below && (
            <>
              <Link to={above.to} className="shrink-0 text-muted hover:text-text">
                {above.label}
              </Link>
              <span aria-hidden className="text-faint">
                /
              </span>
            </>
          )}
          <h1 className="min-w-0 truncate text-title font-semibold" data-tip={below ? title : undefined}>
            {title}
          </h1>
          {beside}
        </div>
        {answer && <div className="order-last w-full min-w-0 text-body text-muted sm:order-none sm:w-auto">{answer}</div>}
        <div className="ml-auto flex flex-wrap items-center justify-end gap-x-3 gap-y-2">
          <LiveIndicator />
          {actions}
          <div className="contents sm:hidden">
            <Bell look="small" />
          </div>
        </div>
      </header>
      {children}
    </div>
  )
}
