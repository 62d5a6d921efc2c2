import { Button } from "./button"

interface MoreProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; isFetchNextPageError: boolean; fetchNextPage: () => unknown }
  label: string
}

/** Reads the next page of a list, as long as there is one. */
export function More({ query, label }: MoreProps) {
  if (!query.hasNextPage) return null
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2">
      <Button busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
        {label}
      </Button>
      {query.isFetchNextPageError && (
        <p role="alert" className="text-critical-ink">
          That could not be loaded. Try again.
        </p>
      )}
    </div>
  )
}
