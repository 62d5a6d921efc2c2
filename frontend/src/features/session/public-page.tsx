import { useQuery } from "@tanstack/react-query"
import { useLocation } from "@tanstack/react-router"
import { lazy, Suspense, useMemo, type ReactNode } from "react"

import { useApi } from "@/api/context"
import { Problem } from "@/api/problem"
import { publicSession } from "@/api/sessions"
import type { PublicSession, TimelineEvent } from "@/api/types"
import { Empty, Failure } from "@/components/notice"
import { Nothing, Section } from "@/components/section"
import { StatusLabel } from "@/components/session/status-mark"
import { ToolMark } from "@/components/session/tool-mark"
import { toolName } from "@/components/session/tools"
import { STATUS_NAMES } from "@/components/session/wording"
import { Loading, Skeleton } from "@/components/skeleton"
import { useNow } from "@/lib/clock"
import { counted } from "@/lib/format/numbers"
import { instant } from "@/lib/format/times"

import { FileLines, FileSum } from "./file-change-list"
import { Figures } from "./figures"
import { CommitLine } from "./git-commit-list"
import { DEFAULT_CUTS } from "./health"
import { Breakdown, HEALTH_DEFINITION } from "./health-breakdown"
import { homeOf } from "./repository-home"
import { StepList } from "./step-list"
import { TokenTable } from "./token-table"
import { KINDS, prepareUsage } from "./usage"

const UsageChart = lazy(() => import("./usage-chart"))
const ALL = { complete: true, busy: false, failed: false, more: () => undefined }

/** A session for whoever has its link, signed in or not: to read, nothing to press. */
export function PublicPage() {
  const secret = useLocation({ select: ({ hash }) => hash })
  const page = useQuery({ ...publicSession(useApi(), secret), enabled: secret !== "" })
  const gone = secret === "" || (page.error instanceof Problem && [404, 410, 422].includes(page.error.status))
  return (
    <main className="mx-auto flex min-h-full w-full max-w-[1100px] flex-col px-4 sm:px-6">
      {gone ? (
        <Empty top title="This link leads nowhere any more">
          It has ended, was taken back, or is not whole. Ask whoever gave it to you for a new one.
        </Empty>
      ) : page.data ? (
        <Body session={page.data} />
      ) : page.isError ? (
        <Failure title="The page could not be loaded" error={page.error} retry={() => void page.refetch()} />
      ) : (
        <>
          <Loading label="Loading the session" />
          <Skeleton className="mt-6 h-72 rounded-card" />
        </>
      )}
    </main>
  )
}

function Body({ session }: { session: PublicSession }) {
  const title = session.title ?? session.project ?? "A session"
  return (
    <>
      <title>{title}</title>
      <meta name="robots" content="noindex" />
      <header className="flex flex-wrap items-center gap-x-4 gap-y-1.5 pt-6 pb-4 text-muted">
        <h1 className="w-full text-title font-semibold text-text">{title}</h1>
        <StatusLabel status={session.status} label={session.status === "waiting" ? "Waits" : STATUS_NAMES[session.status]} />
        <span className="inline-flex items-center gap-1.5">
          <ToolMark tool={session.tool} />
          {toolName(session.tool)} {session.tool_version}
        </span>
        {session.model && <span className="font-mono text-meta">{session.model}</span>}
        {session.repository && <span className="font-mono text-meta">{[session.repository, session.branch].filter(Boolean).join(" / ")}</span>}
        <span className="ml-auto text-meta">Shared by link until {instant(session.expires_at)}</span>
      </header>
      <Figures session={session} />
      <div className="mt-4 grid items-start gap-4 pb-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <Usage session={session} />
          <Steps session={session} />
          <Files session={session} />
          <Commits session={session} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {session.factors.length > 0 && <Health session={session} />}
          <TokenTable session={session} />
        </div>
      </div>
    </>
  )
}

function Usage({ session }: { session: PublicSession }) {
  const now = useNow()
  const bars = useMemo(() => prepareUsage(session.usage, now), [session.usage, now])
  if (bars.length === 0) return null
  return (
    <Section title="Token use over time" definition="Tokens of each stretch of time by kind, counted once per model call.">
      <Suspense fallback={<Skeleton className="h-57" />}>
        <UsageChart bars={bars} kinds={KINDS} marks={[]} window={null} context={false} />
      </Suspense>
    </Section>
  )
}

function Steps({ session }: { session: PublicSession }) {
  const items = useMemo(() => session.events.map((event, index): TimelineEvent => ({ ...event, id: `${index}`, lane: null })), [session.events])
  return (
    <Section title="Timeline" aside={counted(items.length, "step")} flush>
      {items.length === 0 ? <Padded>No steps are recorded.</Padded> : <StepList items={items} lanes={[]} sessionId={null} steps={ALL} at={undefined} />}
      {session.events_left_out && <Padded>Earlier steps are not shown here.</Padded>}
    </Section>
  )
}

function Files({ session }: { session: PublicSession }) {
  const { changed_files: files } = session
  return (
    <Section title="Files" aside={<FileSum list={files} />}>
      {files.length === 0 ? <Nothing>No changed file is shown.</Nothing> : <FileLines list={files} />}
    </Section>
  )
}

function Commits({ session }: { session: PublicSession }) {
  const { made_commits: commits } = session
  const home = homeOf(session.repository)
  return (
    <Section title="Commits" aside={counted(commits.length, "commit")}>
      {commits.length === 0 ? (
        <Nothing>No commit was made.</Nothing>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {commits.map((commit) => (
            <CommitLine key={commit.sha} commit={commit} home={home} branch={session.branch} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Health({ session }: { session: PublicSession }) {
  const detail = {
    score: session.health?.score ?? null,
    grade: session.health?.grade ?? null,
    factors: session.factors.map((factor) => ({ ...factor, event: null })),
    history: [],
  }
  return (
    <Section title="Health" definition={HEALTH_DEFINITION}>
      <Breakdown detail={detail} cuts={DEFAULT_CUTS} sessionId={null} />
    </Section>
  )
}

function Padded({ children }: { children: ReactNode }) {
  return (
    <div className="px-4 py-2">
      <Nothing>{children}</Nothing>
    </div>
  )
}
