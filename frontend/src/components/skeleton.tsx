import { classes } from "@/lib/classes"

/** A grey block of the size of what comes. Shown after 150 ms, so that fast answers do not flicker. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={classes("block animate-late rounded bg-track", className)} />
}

export function Loading({ label }: { label: string }) {
  return (
    <p role="status" className="sr-only">
      {label}
    </p>
  )
}
