import { useQuery } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import { sessionHealth } from "@/api/sessions"
import type { HealthFactor } from "@/api/types"
import { classes } from "@/lib/classes"

import { Nothing, Part, Section } from "@/components/section"

/** Why the score is what it is: every factor with its share, the worst first. */
export function HealthSection({ id }: { id: string }) {
  const health = useQuery(sessionHealth(useApi(), id))
  return (
    <Section title="Health" definition="Each factor is scored 0 to 100; the score is their mean, weighted as stated.">
      <Part query={health} failure="Health could not be loaded" lines={5}>
        {({ factors }) =>
          factors.length === 0 ? (
            <Nothing>This tool does not record enough to judge.</Nothing>
          ) : (
            <ul className="flex flex-col gap-3">
              {[...factors].sort(byLoss).map((factor) => (
                <Factor key={factor.name} factor={factor} />
              ))}
            </ul>
          )
        }
      </Part>
    </Section>
  )
}

function Factor({ factor }: { factor: HealthFactor }) {
  const { name, score, weight, explanation } = factor
  const tone = score < 40 ? "bg-critical" : score < 70 ? "bg-warning" : "bg-good"
  return (
    <li>
      <div className="flex items-baseline gap-2">
        <span className="font-medium">{named(name)}</span>
        <span className="text-meta text-muted" data-tip="Its share in the score">
          {Math.round(weight * (weight <= 1 ? 100 : 1))} %
        </span>
        <span className="ml-auto font-medium tabular-nums">{Math.round(score)}</span>
      </div>
      <div aria-hidden className="my-1 h-1 overflow-hidden rounded-full bg-track">
        <div className={classes("h-full rounded-full", tone)} style={{ width: `${score}%` }} />
      </div>
      <p className="text-meta text-muted">{explanation}</p>
    </li>
  )
}

/** What costs the score most stands first. */
function byLoss(a: HealthFactor, b: HealthFactor): number {
  const loss = (factor: HealthFactor) => (100 - factor.score) * factor.weight
  return loss(b) - loss(a) || a.name.localeCompare(b.name)
}

function named(name: string): string {
  const words = name.replaceAll("_", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}
