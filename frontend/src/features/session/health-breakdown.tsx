import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"

import { useApi } from "@/api/context"
import { sessionHealth } from "@/api/sessions"
import { teamDetail } from "@/api/team"
import type { Grade, HealthDetail, HealthFactor, Session } from "@/api/types"
import { Nothing, Part, Section } from "@/components/section"
import { GRADE_FILL, GRADE_NAMES } from "@/components/session/health"
import { classes } from "@/lib/classes"
import { useNow } from "@/lib/clock"
import { at, instant } from "@/lib/format/times"

import { DEFAULT_CUTS, prepareCurve, prepareFactors, type Cuts, type FactorView } from "./health"
import { sessionSearch } from "./search"

export const HEALTH_DEFINITION =
  "Each factor is scored 0 to 100. The score is their mean, each counting by its weight; a factor that is not known does not count."
const INK: Record<Grade, string> = { good: "text-good-ink", warning: "text-warning-ink", critical: "text-critical-ink" }

/** Why the score is what it is: every factor with its share, the costliest first; and how the score came to be. */
export function HealthBreakdown({ session }: { session: Session }) {
  const api = useApi()
  const health = useQuery(sessionHealth(api, session.id))
  const team = useQuery(teamDetail(api, session.team_id))
  const cuts = team.data?.settings.health_thresholds ?? DEFAULT_CUTS
  return (
    <Section title="Health" definition={HEALTH_DEFINITION} aside={health.data && <Score detail={health.data} />}>
      <Part query={health} failure="Health could not be loaded" lines={5}>
        {(detail) =>
          detail.factors.length === 0 ? (
            <Nothing>{detail.score === null ? "This tool does not record enough to judge." : "A script gave this score, without factors."}</Nothing>
          ) : (
            <Breakdown detail={detail} cuts={cuts} sessionId={session.id} />
          )
        }
      </Part>
    </Section>
  )
}

export function Score({ detail: { score, grade } }: { detail: HealthDetail }) {
  if (score === null || grade === null) return null
  return (
    <span className={classes("text-body font-semibold tabular-nums", INK[grade])}>
      {Math.round(score)} {GRADE_NAMES[grade]}
    </span>
  )
}

/** The factors, and how the score came to be. */
export function Breakdown({ detail, cuts, sessionId }: { detail: HealthDetail; cuts: Cuts; sessionId: string | null }) {
  const views = prepareFactors(detail.factors, cuts)
  return (
    <>
      <Composition views={views} />
      <Curve detail={detail} cuts={cuts} />
      <ul className="mt-3 flex flex-col gap-3">
        {views.map((view) => (
          <Factor key={view.factor.name} view={view} sessionId={sessionId} />
        ))}
      </ul>
    </>
  )
}

/** One bar: as wide as each factor weighs, as full as it scores. */
function Composition({ views }: { views: readonly FactorView[] }) {
  return (
    <div role="img" aria-label={`What the score is made of: ${views.map((view) => `${view.label} ${points(view.factor.score)} of 100`).join(", ")}`} className="flex h-3 gap-0.5">
      {views.map(({ factor, label, share, grade }) => (
        <span
          key={factor.name}
          className="overflow-hidden rounded-xs bg-track"
          style={{ width: `${share}%` }}
          data-tip={`${label}\nWeighs ${Math.round(share)} % of the score`}
        >
          <span className={classes("block h-full", GRADE_FILL[grade])} style={{ width: `${factor.score}%` }} />
        </span>
      ))}
    </div>
  )
}

function Factor({ view: { factor, label, value, share, loss, grade }, sessionId }: { view: FactorView; sessionId: string | null }) {
  return (
    <li data-testid="health-factor" data-factor={factor.name}>
      <div className="flex items-baseline gap-2">
        <span className="min-w-0 truncate font-medium">{label}</span>
        <span className="shrink-0 tabular-nums" data-tip="What was measured">
          {value}
        </span>
        <span className={classes("ml-auto shrink-0 font-medium tabular-nums", loss >= 0.05 ? INK[grade] : "text-muted")} data-tip="Points that it takes off the score">
          {loss >= 0.05 ? `−${loss.toFixed(1)}` : "0"}
        </span>
      </div>
      <div aria-hidden className="my-1 h-1 overflow-hidden rounded-full bg-track">
        <div className={classes("h-full rounded-full", GRADE_FILL[grade])} style={{ width: `${factor.score}%` }} />
      </div>
      <p className="flex flex-wrap gap-x-2 text-meta text-muted">
        <span>{factor.explanation}</span>
        <span className="tabular-nums">
          scores {points(factor.score)} of 100, weighs {Math.round(share)} %
        </span>
        {factor.event && sessionId !== null && <Source factor={factor.name} event={factor.event} id={sessionId} />}
      </p>
    </li>
  )
}

const SOURCES: Record<string, string> = {
  tool_failures: "last failed call",
  errors: "last failed model call",
  compactions: "last compaction",
  loops: "last of them",
}

/** Leads to the step of the timeline that it comes from. */
function Source({ factor, event, id }: { factor: string; event: NonNullable<HealthFactor["event"]>; id: string }) {
  const now = useNow()
  return (
    <Link
      to="/sessions/$id"
      params={{ id }}
      search={sessionSearch({ event: event.id })}
      resetScroll={false}
      preload={false}
      data-tip={`Show it in the timeline\n${instant(event.at)}`}
      className="text-accent-ink underline underline-offset-2"
    >
      {SOURCES[factor] ?? "last step"} {at(event.at, now)}
    </Link>
  )
}

/** The score as it was, over the team's cuts. */
function Curve({ detail, cuts }: { detail: HealthDetail; cuts: Cuts }) {
  const now = useNow()
  const curve = prepareCurve(detail.history)
  if (!curve) return null
  const said = `Score over time: ${points(curve.first)} at ${at(curve.from, now)}, lowest ${points(curve.lowest)}, ${points(curve.last)} at ${at(curve.to, now)}.`
  return (
    <figure className="mt-3">
      <svg role="img" aria-label={said} viewBox="0 0 100 100" preserveAspectRatio="none" className="h-12 w-full overflow-visible">
        {[cuts.warning, cuts.critical].map((cut) => (
          <line key={cut} x1={0} x2={100} y1={100 - cut} y2={100 - cut} stroke="var(--border)" vectorEffect="non-scaling-stroke" />
        ))}
        {curve.paths.map((path) => (
          <path key={path} d={path} fill="none" stroke="var(--series-1)" strokeWidth={1.5} strokeLinejoin="round" strokeLinecap="round" vectorEffect="non-scaling-stroke" />
        ))}
      </svg>
      <figcaption aria-hidden className="mt-1 flex justify-between gap-2 text-meta text-muted tabular-nums">
        <span>{at(curve.from, now)}: {points(curve.first)}</span>
        <span>lowest {points(curve.lowest)}</span>
        <span>{at(curve.to, now)}: {points(curve.last)}</span>
      </figcaption>
    </figure>
  )
}

function points(score: number): number {
  return Math.round(score)
}
