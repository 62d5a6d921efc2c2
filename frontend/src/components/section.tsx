import { useId, type ReactNode } from "react"

import { Failure } from "./notice"
import { Skeleton } from "./skeleton"
import { classes } from "@/lib/classes"

interface SectionProps {
  title: string
  /** What the section's figures mean, on hover and focus of the title. */
  definition?: string
  aside?: ReactNode
  children: ReactNode
  flush?: boolean
}

export function Section({ title, definition, aside, children, flush = false }: SectionProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-card border border-line bg-surface">
      <div className="flex min-h-11 flex-wrap items-center gap-2 px-4 py-1.5">
        <h2 id={id} className="text-prose font-semibold">
          {definition ? (
            <span tabIndex={0} data-tip={definition} className="cursor-help underline decoration-line-strong decoration-dotted underline-offset-4">
              {title}
            </span>
          ) : (
            title
          )}
        </h2>
        {aside && <div className="ml-auto flex items-center gap-2 text-meta text-muted">{aside}</div>}
      </div>
      <div className={classes(!flush && "px-4 pb-4")}>{children}</div>
    </section>
  )
}

interface PartProps<T> {
  query: { data: T | undefined; error: unknown; refetch: () => unknown }
  failure: string
  lines?: number
  children: (data: T) => ReactNode
}

/** One part of the page, which waits and fails by itself: the rest stays. */
export function Part<T>({ query, failure, lines = 3, children }: PartProps<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Failure title={failure} error={query.error} retry={() => query.refetch()} />
  return (
    <div className="flex flex-col gap-2" aria-busy="true">
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} className="h-5" />
      ))}
    </div>
  )
}

export function Nothing({ children }: { children: ReactNode }) {
  return <p className="text-body text-muted">{children}</p>
}
