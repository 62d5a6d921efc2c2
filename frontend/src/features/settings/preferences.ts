import type { NoticeKind, NoticePreferences, TeamSettings, Way } from "@/api/types"
import { KIND_NAMES } from "@/components/notices/kinds"

export const WAYS: readonly { way: Way; label: string; meaning: string }[] = [
  { way: "app", label: "In the app", meaning: "In the list behind the bell" },
  { way: "push", label: "Browser", meaning: "A notification of your browser, while a page of ours is open in it" },
  { way: "email", label: "E-mail", meaning: "A letter to your address" },
  { way: "slack", label: "Slack", meaning: "In your team’s Slack channel, where one is set up" },
  { way: "teams", label: "Teams", meaning: "In your team’s Microsoft Teams channel, where one is set up" },
  { way: "webhook", label: "Webhook", meaning: "To your team’s own receivers, where there are any" },
]

export type Ways = NoticePreferences["events"]
export type Defaults = NonNullable<TeamSettings["notification_defaults"]>

const NONE = { app: false, email: false, push: false, slack: false, teams: false, webhook: false }
const USUAL = { ...NONE, app: true, slack: true, teams: true, webhook: true }
const BY_LETTER: readonly NoticeKind[] = ["mention", "budget_warning", "weekly_report"]

/** With this way of this kind turned about. */
export function turned(held: Ways, kind: string, way: Way): Ways {
  const ways = held[kind] ?? NONE
  return { ...held, [kind]: { ...ways, [way]: !ways[way] } }
}

/** With this way of every kind on, or off where it is on everywhere. */
export function turnedAll(held: Ways, way: Way): Ways {
  const on = KIND_NAMES.every((kind) => held[kind]?.[way])
  return Object.fromEntries(KIND_NAMES.map((kind) => [kind, { ...(held[kind] ?? NONE), [way]: !on }]))
}

export function isSame(one: NoticePreferences, other: NoticePreferences): boolean {
  const hours = JSON.stringify(one.quiet_hours) === JSON.stringify(other.quiet_hours)
  return hours && KIND_NAMES.every((kind) => WAYS.every(({ way }) => Boolean(one.events[kind]?.[way]) === Boolean(other.events[kind]?.[way])))
}

/** How somebody who has chosen nothing is told in a team that keeps these defaults. */
export function usualWays(kept: Defaults): Ways {
  return Object.fromEntries(KIND_NAMES.map((kind) => [kind, { ...USUAL, email: BY_LETTER.includes(kind), ...kept[kind] }]))
}

/** The defaults with which it is as chosen; what was not touched is kept as it is, or stays as usual. */
export function defaultsWith(kept: Defaults, chosen: Ways): Defaults {
  const before = usualWays(kept)
  const changed = KIND_NAMES.map((kind) => {
    const moved = WAYS.filter(({ way }) => chosen[kind]?.[way] !== before[kind]?.[way])
    return [kind, { ...kept[kind], ...Object.fromEntries(moved.map(({ way }) => [way, chosen[kind]?.[way] ?? false])) }] as const
  })
  return Object.fromEntries(changed.filter(([kind, ways]) => kind in kept || Object.keys(ways).length > 0))
}
