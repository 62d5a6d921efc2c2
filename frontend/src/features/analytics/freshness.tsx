import { EyeOff, RotateCw } from "lucide-react"
import { useIsFetching, useQueryClient } from "@tanstack/react-query"

import { ANALYTICS } from "@/api/analytics"
import { Ago } from "@/components/ago"
import { Button } from "@/components/button"

/** As of when the numbers are, and a way to have newer ones at once. */
export function Freshness({ asOf }: { asOf: string | undefined }) {
  const queries = useQueryClient()
  const busy = useIsFetching({ queryKey: [ANALYTICS] }) > 0
  return (
    <span className="inline-flex items-center gap-1 text-meta whitespace-nowrap text-muted">
      {asOf !== undefined && (
        <span data-testid="as-of">
          As of <Ago iso={asOf} />
        </span>
      )}
      <Button look="ghost" square aria-label="Read the numbers again" data-tip="Read the numbers again" aria-busy={busy} onClick={() => void queries.invalidateQueries({ queryKey: [ANALYTICS] })}>
        <RotateCw aria-hidden size={14} strokeWidth={1.5} />
      </Button>
    </span>
  )
}

/** In plain words what the totals leave out. */
export function LeftOut({ narrowed }: { narrowed: boolean }) {
  return (
    <p data-testid="left-out" className="mb-3 flex items-start gap-2 text-meta text-muted">
      <EyeOff aria-hidden size={14} strokeWidth={1.5} className="mt-px shrink-0" />
      {narrowed
        ? "Private sessions of others are left out while the page is narrowed to something: what they were made with is nobody else’s business."
        : "Private sessions of others are left out: they are counted only where at least three people worked in this time, so that nobody can be told apart."}
    </p>
  )
}
