import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"

import { classes } from "@/lib/classes"

import { LiveIndicator } from "./live-indicator"

interface PageProps {
  title: string
  /** It was opened from the dashboard, and leads back there. */
  below?: boolean
  /** The page's answer in one line. */
  answer?: ReactNode
  actions?: ReactNode
  /** Uses the whole width, for walls of cards. */
  wide?: boolean
  children: ReactNode
}

/** A page's top row and its content. */
export function Page({ title, answer, actions, wide = false, below = false, children }: PageProps) {
  return (
    <div className={classes("mx-auto flex min-h-full w-full flex-col px-4 sm:px-6", !wide && "max-w-[1440px]")}>
      <title>{`${title} · Team Dashboard`}</title>
      <header className="flex flex-wrap items-center gap-x-4 gap-y-1 pt-4 pb-3">
        <div className="flex min-w-0 items-center gap-2">
          {below && (
            <>
              <Link to="/" className="shrink-0 text-muted hover:text-text">
                Dashboard
              </Link>
              <span aria-hidden className="text-faint">
                /
              </span>
            </>
          )}
          <h1 className="min-w-0 truncate text-title font-semibold" data-tip={below ? title : undefined}>
            {title}
          </h1>
        </div>
        {answer && <div className="order-last w-full min-w-0 text-body text-muted sm:order-none sm:w-auto">{answer}</div>}
        <div className="ml-auto flex items-center gap-3">
          <LiveIndicator />
          {actions}
        </div>
      </header>
      {children}
    </div>
  )
}
