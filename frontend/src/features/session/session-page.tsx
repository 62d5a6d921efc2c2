import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router"
import { ArrowLeft, SearchX } from "lucide-react"

import { useApi, useUser } from "@/api/context"
import { Problem } from "@/api/problem"
import { sessionDetail } from "@/api/sessions"
import { buttonClasses } from "@/components/button"
import { Empty, Failure } from "@/components/notice"
import { Page } from "@/components/page"
import { Loading, Skeleton } from "@/components/skeleton"
import { titleOf } from "@/components/session/wording"
import { useShortcuts } from "@/lib/keys"
import { useItem } from "@/lib/live/react"

import { About } from "./about"
import { Commits } from "./commits"
import { Facts } from "./facts"
import { Files } from "./files"
import { Figures } from "./figures"
import { Header, ShareActions } from "./header"
import { HealthSection } from "./health-section"
import { Memories } from "./memories"
import { Timeline } from "./timeline"
import { Tools } from "./tools"
import { TokenTable } from "./token-table"
import { UsageSection } from "./usage-section"
import { useLiveSession } from "./live-session"

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

  if (detail.error instanceof Problem && [403, 404].includes(detail.error.status)) return <Missing />
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
  return (
    <Page below title={titleOf(session)} actions={<ShareActions session={session} user={user} />}>
      <Header session={session} me={user.id} />
      <Figures session={session} />
      <div className="mt-4 grid items-start gap-4 pb-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <UsageSection id={id} />
          <Timeline id={id} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <HealthSection id={id} />
          <About session={session} user={user} />
          <TokenTable session={session} />
          <Tools id={id} />
          <Files id={id} />
          <Commits id={id} />
          <Memories id={id} />
          <Facts session={session} />
        </div>
      </div>
    </Page>
  )
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
