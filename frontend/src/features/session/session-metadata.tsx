import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"

import type { Session } from "@/api/types"
import { Section } from "@/components/section"
import { toolName } from "@/components/session/tools"
import { exact, UNKNOWN } from "@/lib/format/numbers"
import { instant } from "@/lib/format/times"
import { TIERS } from "@/lib/tiers"

import { Hidden } from "./hidden"
import { hiddenNames } from "./tier"

/** Everything else that is known, plainly. */
export function SessionMetadata({ session }: { session: Session }) {
  return (
    <Section title="Details">
      <div className="flex flex-col gap-4">
        <Group title="Work">
          <Fact name="Project">{session.project}</Fact>
          <Fact name="Repository">{session.repository}</Fact>
          <Fact name="Branch">{session.branch && <code className="font-mono text-meta break-all">{session.branch}</code>}</Fact>
          <Fact name="Messages">
            {exact(session.messages.user)} from the person, {exact(session.messages.assistant)} from the model
          </Fact>
          <Fact name="Tool calls">
            {exact(session.tool_calls)}, {exact(session.errors)} failed ({exact(session.refusals)} refused)
          </Fact>
          <Fact name="Failed model calls">{exact(session.api_errors)}</Fact>
          <Fact name="Compactions">{exact(session.compactions)}</Fact>
          <Fact name="Files, commits">
            {exact(session.files_changed)}, {exact(session.commits)}
          </Fact>
          {session.parent_id && (
            <Fact name="Continues">
              <Link to="/sessions/$id" params={{ id: session.parent_id }} className="text-accent-ink underline underline-offset-2">
                the session it was made from
              </Link>
            </Fact>
          )}
        </Group>
        <Group title="Time">
          <Fact name="Started">{session.started_at && instant(session.started_at)}</Fact>
          <Fact name="Last activity">{session.last_activity_at && instant(session.last_activity_at)}</Fact>
          {session.ended_at && <Fact name="Ended">{instant(session.ended_at)}</Fact>}
          <Fact name="Last change here">{instant(session.updated_at)}</Fact>
        </Group>
        <Group title="Source">
          <Fact name="Tool">
            {toolName(session.tool)} {session.tool_version}
          </Fact>
          <Fact name="Model">{session.model && <code className="font-mono text-meta break-all">{session.model}</code>}</Fact>
          <Fact name="Machine">{session.hostname}</Fact>
          <Fact name="Captured">
            {session.tier === null ? "Sent by a script" : <span data-tip={TIERS[session.tier].meaning}>{`${TIERS[session.tier].name} (${session.tier})`}</span>}
          </Fact>
          <Fact name="Tool’s id">
            <code className="font-mono text-meta break-all">{session.native_id}</code>
          </Fact>
          <Fact name="Id here">
            <code className="font-mono text-meta break-all">{session.id}</code>
          </Fact>
        </Group>
      </div>
      <Hidden why={hiddenNames(session, "Title, project, repository and branch")} />
    </Section>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-1 text-meta text-muted">{title}</h3>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">{children}</dl>
    </div>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words tabular-nums">{children ?? UNKNOWN}</dd>
    </>
  )
}
