import { Link } from "@tanstack/react-router"
import { Link2Off } from "lucide-react"
import type { ReactNode } from "react"

import { buttonClasses } from "@/components/button"
import { Empty } from "@/components/notice"
import { Loading, Skeleton } from "@/components/skeleton"

/** A page outside the frame, with one thing in its middle. */
export function Bare({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="flex min-h-full flex-col items-center justify-center px-4 py-10">
      <title>{`${title} · Team Dashboard`}</title>
      {children}
    </main>
  )
}

interface NoWayProps {
  title: string
  heading: string
  action?: ReactNode
  children: ReactNode
}

/** A link that leads nowhere, and why. */
export function NoWay({ title, heading, action, children }: NoWayProps) {
  const home = (
    <Link to="/" className={buttonClasses()}>
      Go to the dashboard
    </Link>
  )
  return (
    <Bare title={title}>
      <Empty top title={heading} icon={<Link2Off aria-hidden size={24} strokeWidth={1.5} />} action={action ?? home}>
        {children}
      </Empty>
    </Bare>
  )
}

/** Until it is known what the page is about. */
export function Waiting({ title, label }: { title: string; label: string }) {
  return (
    <Bare title={title}>
      <h1 className="sr-only">{title}</h1>
      <Loading label={label} />
      <div className="flex w-full max-w-sm flex-col gap-3">
        <Skeleton className="h-8" />
        <Skeleton className="h-5" />
        <Skeleton className="h-56 rounded-card" />
      </div>
    </Bare>
  )
}
