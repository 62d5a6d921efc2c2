import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"

import { useApi } from "@/api/context"
import { teamDetail } from "@/api/team"
import { Failure } from "@/components/notice"
import { Page } from "@/components/page"
import { Skeleton } from "@/components/skeleton"

import type { AnalyticsSearch, Loose } from "./search"
import { Viewer } from "./view"

interface TeamViewerProps {
  /** Of the page, while there is nothing to show on it. */
  title: string
  team: string
  search: AnalyticsSearch
  only?: string
  onChange: (search: Loose) => void
  onNarrow?: (search: AnalyticsSearch) => void
  children: ReactNode
}

/** Waits for the team's zone: by it the days are cut, for everybody who opens the same address. */
export function TeamViewer({ title, team, children, ...rest }: TeamViewerProps) {
  const asked = useQuery(teamDetail(useApi(), team))
  if (asked.data) {
    return (
      <Viewer teamZone={asked.data.settings.timezone} {...rest}>
        {children}
      </Viewer>
    )
  }
  return (
    <Page title={title}>
      {asked.error ? (
        <Failure title="The team could not be loaded" error={asked.error} retry={() => void asked.refetch()} />
      ) : (
        <div aria-busy="true">
          <Skeleton className="mb-3 h-8 w-72" />
          <Skeleton className="h-58 rounded-card" />
        </div>
      )}
    </Page>
  )
}
