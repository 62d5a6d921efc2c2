import { useQuery, useQueryClient } from "@tanstack/react-query"
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router"
import { ArrowLeft, SearchX } from "lucide-react"
import { useEffect } from "react"

import { useApi, useUser } from "@/api/context"
import { Problem } from "@/api/problem"
import { sessionDetail, sessionKeys } from "@/api/sessions"
import type { Session, User } from "@/api/types"
import { buttonClasses } from "@/components/button"
import { PageCollision } from "@/components/collision/notice"
import { Empty, Failure } from "@/components/notice"
import { Page } from "@/components/page"
import { Loading, Skeleton } from "@/components/skeleton"
import { titleOf } from "@/components/session/wording"
import { useShortcuts } from "@/lib/keys"
import { useItem } from "@/lib/live/react"

import { About } from "./about"
import { ActivityTimeline } from "./activity-timeline"
import { useCommanding } from "./commanding"
import { CostSection } from "./cost-section"
import { FileChangeList } from "./file-change-list"
import { Figures } from "./figures"
import { GitCommitList } from "./git-commit-list"
import { HealthBreakdown } from "./health-breakdown"
import { useLiveSession } from "./live-session"
import { MachineSection } from "./machine-section"
import { MemoryList } from "./memory-list"
import { Neighbours } from "./neighbours"
import { SessionActions } from "./session-actions"
import { SessionHeader } from "./session-header"
import { SessionInsights } from "./session-insights"
import { SessionMetadata } from "./session-metadata"
import { TokenTable } from "./token-table"
import { TokenUsageGraph } from "./token-usage-graph"
import { Tools } from "./tools"

const route = getRouteApi("/app/sessions/$id")

/** "Is this one healthy, and why not?" */
export function SessionPage() {
  const { id } = route.useParams()
  const api = useApi()
  const user = useUser()
  const detail = useQuery(sessionDetail(api, id))
  const held = useItem(api.sessions, id)
  const session = held && (!detail.data || held.version >= detail.data.version) ? held : detail.data
  useLiveSession(id, session?.version)
  const navigate = useNavigate()
  useShortcuts([{ keys: "Escape", label: "Back to the dashboard", run: () => void navigate({ to: "/" }) }])

  const refused = detail.error instanceof Problem && [403, 404].includes(detail.error.status)
  const gone = api.sessions.isGone(id)
  useForgetting(id, gone)
  if ((refused && !held) || gone || api.sessions.isHidden(id)) return <Missing />
  if (!session) {
    return (
      <Page below title="Session">
        {detail.isError ? (
          <Failure title="The session could not be loaded" error={detail.error} retry={() => void detail.refetch()} />
        ) : (
          <Outline />
        )}
      </Page>
    )
  }
  return <SessionBody session={session} user={user} />
}

function SessionBody({ session, user }: { session: Session; user: User }) {
  const commanding = useCommanding(session, user)
  return (
    <Page below title={titleOf(session)} beside={<Neighbours id={session.id} />} actions={<SessionActions session={session} user={user} commanding={commanding} />}>
      <SessionHeader session={session} user={user} />
      <PageCollision id={session.id} me={user.id} />
      <Figures session={session} />
      <div className="mt-4 grid items-start gap-4 pb-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <TokenUsageGraph session={session} />
          <ActivityTimeline session={session} />
          <FileChangeList session={session} />
          <GitCommitList session={session} />
          <MemoryList session={session} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <HealthBreakdown session={session} />
          <MachineSection session={session} user={user} machine={commanding.machine} />
          <About session={session} user={user} />
          <SessionInsights session={session} user={user} />
          <CostSection session={session} />
          <TokenTable session={session} />
          <Tools id={session.id} />
          <SessionMetadata session={session} />
        </div>
      </div>
    </Page>
  )
}

/** Of what may be seen no more, nothing that was read before is kept. */
function useForgetting(id: string, gone: boolean): void {
  const queries = useQueryClient()
  useEffect(() => {
    if (gone) queries.removeQueries({ queryKey: sessionKeys.one(id) })
  }, [id, gone, queries])
}

function Missing() {
  return (
    <Page below title="Session">
      <Empty
        title="There is no session here that you may see"
        icon={<SearchX aria-hidden size={24} strokeWidth={1.5} />}
        action={
          <Link to="/" className={buttonClasses()}>
            <ArrowLeft aria-hidden size={16} strokeWidth={1.5} />
            Dashboard
          </Link>
        }
      >
        It was deleted, its owner keeps it private, or the address is wrong.
      </Empty>
    </Page>
  )
}

function Outline() {
  return (
    <>
      <Loading label="Loading the session" />
      <Skeleton className="h-5 w-80" />
      <div className="mt-4 grid grid-cols-2 gap-3 lg:grid-cols-5">
        {Array.from({ length: 5 }, (_, index) => (
          <Skeleton key={index} className="h-22 rounded-card" />
        ))}
      </div>
      <Skeleton className="mt-4 h-72 rounded-card" />
    </>
  )
}
