import type { Team, TeamSettings } from "@/api/types"
import { Field } from "@/components/field"
import { text } from "@/components/form"

const SPANS = [
  { name: "per_session", label: "A session" },
  { name: "per_member_day", label: "A person, a day" },
  { name: "per_team_month", label: "The team, a month" },
] as const

type Wrong = (field: string) => string | undefined

/** How much may be used before people are told. Nothing is stopped by a limit. */
export function LimitFields({ team, wrong }: { team: Team; wrong: Wrong }) {
  const { token_limits: tokens, cost_limits: costs } = team.settings
  return (
    <>
      <fieldset>
        <legend className="mb-1.5 text-body font-medium">Tokens, in thousands</legend>
        <div className="grid gap-3 sm:grid-cols-3">
          {SPANS.map(({ name, label }) => (
            <Field
              key={name} label={label} name={`tokens_${name}`} type="number" min={0.001} step="any" placeholder="No limit"
              defaultValue={thousands(tokens[name])} error={wrong(`token_limits.${name}`)}
            />
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend className="mb-1.5 text-body font-medium">Cost in US dollars, at API price</legend>
        <div className="grid gap-3 sm:grid-cols-3">
          {SPANS.map(({ name, label }) => (
            <Field
              key={name} label={label} name={`cost_${name}`} type="number" min={0.01} step="any" placeholder="No limit"
              defaultValue={costs[name] ?? ""} error={wrong(`cost_limits.${name}`)}
            />
          ))}
        </div>
      </fieldset>
    </>
  )
}

/** What the fields say, in the server's units; an empty one is no limit. */
export function limitsOf(values: FormData): Pick<TeamSettings, "token_limits" | "cost_limits"> {
  const number = (name: string) => (text(values, name).trim() === "" ? null : Number(text(values, name)))
  const tokens = (span: string) => {
    const held = number(`tokens_${span}`)
    return held === null ? null : Math.round(held * 1_000)
  }
  const of = (read: (span: string) => number | null) => ({ per_session: read("per_session"), per_member_day: read("per_member_day"), per_team_month: read("per_team_month") })
  return { token_limits: of(tokens), cost_limits: of((span) => number(`cost_${span}`)) }
}

function thousands(tokens: number | null | undefined): number | string {
  return tokens == null ? "" : tokens / 1_000
}
