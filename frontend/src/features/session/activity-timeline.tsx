import { useQuery } from "@tanstack/react-query"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useMemo, type ReactNode } from "react"

import { useApi } from "@/api/context"
import { sessionTools } from "@/api/sessions"
import type { EventKind, Session } from "@/api/types"
import { Nothing, Part, Section } from "@/components/section"
import { classes } from "@/lib/classes"

import { KINDS } from "./event-words"
import { lanesOf, type Lane } from "./lanes"
import { sessionSearch, type SessionSearch } from "./search"
import { StepList } from "./step-list"
import { useTakenAway } from "./taken-away"
import { hiddenWords } from "./tier"
import { useSteps } from "./timeline-steps"

const route = getRouteApi("/app/sessions/$id")
/** Steps that ran in no sub-agent. */
const OWN = "session"

/** What happened, newest first: of all kinds or some, in all lanes or one. What is chosen stands in the address. */
export function ActivityTimeline({ session }: { session: Session }) {
  const search = sessionSearch({ ...route.useSearch() })
  const navigate = useNavigate()
  const kinds = search.kind ?? []
  const steps = useSteps(session.id, kinds)
  const tools = useQuery(sessionTools(useApi(), session.id))
  const lanes = useMemo(() => lanesOf(steps.items, tools.data?.subagents), [steps.items, tools.data])
  const shown = useMemo(() => steps.items.filter((event) => inLane(event.lane ?? null, search.lane)), [steps.items, search.lane])
  const point = (part: Partial<Record<keyof SessionSearch, unknown>>) =>
    void navigate({ to: ".", search: (held) => sessionSearch({ ...held, ...part }), replace: true, resetScroll: false })
  const gone = useTakenAway(session)
  const toggle = (kind: EventKind) =>
    point({ kind: kinds.includes(kind) ? kinds.filter((one) => one !== kind) : [...kinds, kind], event: undefined })
  const nothing = search.lane !== undefined || kinds.length > 0 ? "Nothing of this kind happened." : "This tool records no steps."
  return (
    <Section title="Timeline" definition="Every step that the tool records, the newest first. Press a step’s time to get an address that leads to it." flush>
      <Choices label="Kind of event">
        <Choice chosen={kinds.length === 0} onPress={() => point({ kind: undefined })}>
          All
        </Choice>
        {KINDS.map(({ kind, label }) => (
          <Choice key={kind} chosen={kinds.includes(kind)} onPress={() => toggle(kind)}>
            {label}
          </Choice>
        ))}
      </Choices>
      <LaneChoices lanes={lanes} chosen={search.lane} onChoose={(lane) => point({ lane, event: undefined })} />
      <div className="pb-2">
        <Part query={steps.query} failure="The timeline could not be loaded" lines={8}>
          {() => (
            <>
              {shown.length === 0 && steps.complete && <p className="px-4 pb-2"><Nothing>{gone ?? nothing}</Nothing></p>}
              {(shown.length > 0 || !steps.complete) && (
                <StepList items={shown} lanes={lanes} sessionId={session.id} steps={steps} at={search.event} />
              )}
            </>
          )}
        </Part>
      </div>
      {hiddenWords(session) && <p className="border-t border-line px-4 py-2 text-meta text-muted">{hiddenWords(session)}</p>}
    </Section>
  )
}

function LaneChoices({ lanes, chosen, onChoose }: { lanes: readonly Lane[]; chosen: string | undefined; onChoose: (lane: string | undefined) => void }) {
  if (lanes.length === 0 && chosen === undefined) return null
  return (
    <Choices label="Lane">
      <Choice chosen={chosen === undefined} onPress={() => onChoose(undefined)}>
        All lanes
      </Choice>
      <Choice chosen={chosen === OWN} onPress={() => onChoose(OWN)}>
        Session itself
      </Choice>
      {lanes.map((lane) => (
        <Choice key={lane.id} chosen={chosen === lane.id} onPress={() => onChoose(lane.id)}>
          <span aria-hidden className="size-2 rounded-full" style={{ background: lane.colour }} />
          {lane.name}
        </Choice>
      ))}
    </Choices>
  )
}

function Choices({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="group" aria-label={label} className="flex gap-1 overflow-x-auto px-4 pb-2 sm:flex-wrap">
      {children}
    </div>
  )
}

function Choice({ chosen, onPress, children }: { chosen: boolean; onPress: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onPress}
      className={classes(
        "inline-flex h-6 shrink-0 items-center gap-1.5 rounded-md px-2 text-meta",
        chosen ? "bg-accent-soft text-accent-ink" : "text-muted hover:bg-hover",
      )}
    >
      {children}
    </button>
  )
}

function inLane(lane: string | null, wanted: string | undefined): boolean {
  return wanted === undefined || (wanted === OWN ? lane === null : lane === wanted)
}
