import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"

import type { Session } from "@/api/types"
import { toolName } from "@/components/session/tools"
import { BASIS, PROVENANCE } from "@/components/session/wording"
import { exact, exactMoney, UNKNOWN } from "@/lib/format/numbers"
import { instant } from "@/lib/format/times"

import { Section } from "@/components/section"

/** Everything else that is known, plainly. */
export function Facts({ session }: { session: Session }) {
  return (
    <Section title="Details">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <Fact name="Cost">
          {exactMoney(session.cost_usd)} <span className="text-muted">{BASIS[session.cost_basis].short}</span>
        </Fact>
        <Fact name="Source">{PROVENANCE[session.provenance]}</Fact>
        <Fact name="Messages">
          {exact(session.messages.user)} from the person, {exact(session.messages.assistant)} from the model
        </Fact>
        <Fact name="Tool calls">
          {exact(session.tool_calls)}, {exact(session.errors)} failed ({exact(session.refusals)} refused)
        </Fact>
        <Fact name="Failed model calls">{exact(session.api_errors)}</Fact>
        <Fact name="Compactions">{exact(session.compactions)}</Fact>
        <Fact name="Tool">
          {toolName(session.tool)} {session.tool_version}
        </Fact>
        <Fact name="Machine">{session.hostname ?? UNKNOWN}</Fact>
        <Fact name="Project">{session.project ?? UNKNOWN}</Fact>
        <Fact name="Started">{session.started_at ? instant(session.started_at) : UNKNOWN}</Fact>
        <Fact name="Last activity">{session.last_activity_at ? instant(session.last_activity_at) : UNKNOWN}</Fact>
        {session.ended_at && <Fact name="Ended">{instant(session.ended_at)}</Fact>}
        {session.parent_id && (
          <Fact name="Continues">
            <Link to="/sessions/$id" params={{ id: session.parent_id }} className="text-accent-ink underline underline-offset-2">
              the session it was made from
            </Link>
          </Fact>
        )}
        <Fact name="Id">
          <code className="font-mono text-meta break-all">{session.native_id}</code>
        </Fact>
      </dl>
    </Section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words tabular-nums">{children}</dd>
    </>
  )
}
