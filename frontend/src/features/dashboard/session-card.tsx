import { CircleX, FileDiff, GitBranch, GitCommitHorizontal, Lock, Pin } from "lucide-react"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"

import type { Session } from "@/api/types"
import { Avatar } from "@/components/avatar"
import { Changing } from "@/components/changing"
import { CardCollision } from "@/components/collision/notice"
import { ContextBar } from "@/components/session/context-bar"
import { Age } from "@/components/session/age"
import { Cost } from "@/components/session/cost"
import { DemoMark } from "@/components/session/demo-mark"
import { HealthEdge, HealthPill } from "@/components/session/health"
import { StatusMark } from "@/components/session/status-mark"
import { ToolMark } from "@/components/session/tool-mark"
import { shortModel, toolName } from "@/components/session/tools"
import { BASIS, provenanceMark, titleOf } from "@/components/session/wording"
import { classes } from "@/lib/classes"
import { compact, counted, exact } from "@/lib/format/numbers"

import { CardMenu } from "./card-menu"
import { usePins } from "./pins"

/** One session at a glance. Pressing anywhere opens it. */
export function SessionCard({ session, me }: { session: Session; me: string }) {
  const ended = session.status === "ended"
  const { pinned } = usePins()
  return (
    <article
      data-testid="session-card"
      data-session-id={session.id}
      data-status={session.status}
      className={classes(
        "group relative flex h-full flex-col gap-1.5 rounded-card border border-line bg-surface py-3 pr-3 pl-4",
        "transition-colors focus-within:border-accent hover:border-line-strong",
      )}
    >
      <HealthEdge health={session.health} ended={ended} />
      <div className="flex h-6 items-center gap-2">
        <StatusMark session={session} me={me} />
        {session.status_reason && !ended && (
          <span className="min-w-0 truncate text-meta text-muted" data-tip={session.status_reason}>
            {session.status_reason}
          </span>
        )}
        <span className="ml-auto flex shrink-0 items-center gap-1 text-meta text-muted">
          {pinned.has(session.id) && <Pin aria-label="Pinned" size={12} strokeWidth={1.5} />}
          {session.visibility === "private" && <PrivateMark />}
          <Age session={session} />
          <CardMenu session={session} me={me} />
        </span>
      </div>
      <h2 className="truncate text-prose font-semibold" data-tip={titleOf(session)}>
        <Link
          to="/sessions/$id"
          params={{ id: session.id }}
          data-card-link
          className="after:absolute after:inset-0 after:rounded-card focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-accent"
        >
          {titleOf(session)}
        </Link>
      </h2>
      <div className="flex h-5 min-w-0 items-center gap-1.5 text-muted">
        <Avatar name={session.username} id={session.user_id} />
        <span className="truncate text-text">{session.username}</span>
        <ToolMark tool={session.tool} />
        <span className="min-w-0 truncate font-mono text-meta" data-tip={`${toolName(session.tool)}\n${session.model ?? "Model not recorded"}`}>
          {session.model ? shortModel(session.model) : "—"}
        </span>
        {session.demo && <DemoMark />}
      </div>
      <Place session={session} me={me} />
      <ContextBar tokens={session.tokens} />
      <div className="mt-auto flex min-w-0 items-center gap-2.5 pt-1 text-meta text-muted">
        <HealthPill health={session.health} />
        <span className="ml-auto" />
        <Tokens session={session} />
        <span className="shrink-0 text-text">
          <Cost session={session} />
          <span className="sr-only"> {BASIS[session.cost_basis].short}</span>
        </span>
        <Count value={session.files_changed} tip="changed file" icon={<FileDiff aria-hidden size={12} strokeWidth={1.5} />} />
        <Count value={session.commits} tip="commit" icon={<GitCommitHorizontal aria-hidden size={12} strokeWidth={1.5} />} />
        <Count value={session.errors} tip="failed tool call" alarming icon={<CircleX aria-hidden size={12} strokeWidth={1.5} />} />
      </div>
    </article>
  )
}

function PrivateMark() {
  return (
    <span className="inline-flex items-center gap-1" data-tip="Private: nobody else can see this session.">
      <Lock aria-hidden size={12} strokeWidth={1.5} />
      only you
      <span aria-hidden>·</span>
    </span>
  )
}

function Place({ session, me }: { session: Session; me: string }) {
  const where = session.repository ?? session.project
  if (!where && !session.branch) return <div className="h-4 font-mono text-meta text-muted">{session.hostname ?? "—"}</div>
  return (
    <div className="group/place flex h-4 min-w-0 items-center gap-1 font-mono text-meta text-muted" data-tip={[where, session.branch, session.hostname && `on ${session.hostname}`].filter(Boolean).join("\n")}>
      <span className="truncate">{where}</span>
      {session.branch && (
        // Beside a notice there is room for one of the two.
        <span className="flex min-w-0 items-center gap-1 group-has-data-collision/place:hidden">
          <GitBranch aria-label="branch" size={12} strokeWidth={1.5} className="shrink-0" />
          <span className="min-w-0 truncate">{session.branch}</span>
        </span>
      )}
      <CardCollision id={session.id} me={me} />
    </div>
  )
}

function Tokens({ session }: { session: Session }) {
  const { total, input, output, cache_read: read, cache_write: write } = session.tokens
  const mark = total === null ? null : provenanceMark(session)
  const tip = `${exact(total)} tokens\n${exact(input)} input · ${exact(output)} output\n${exact(read)} cache read · ${exact(write)} cache write`
  return (
    <span className="shrink-0">
      <Changing text={`${mark ? `${mark.mark} ` : ""}${compact(total)}`} tip={mark ? `${tip}\n${mark.meaning}` : tip} />
      <span className="sr-only"> tokens</span>
      <span aria-hidden> tok</span>
    </span>
  )
}

function Count({ value, tip, icon, alarming = false }: { value: number | null; tip: string; icon: ReactNode; alarming?: boolean }) {
  if (!value) return null
  return (
    <span
      data-tip={counted(value, tip)}
      className={classes("inline-flex shrink-0 items-center gap-0.5 tabular-nums", alarming && "text-critical-ink")}
    >
      {icon}
      <Changing text={compact(value)} />
      <span className="sr-only">{value === 1 ? tip : `${tip}s`}</span>
    </span>
  )
}
