import { counted } from "@/lib/format/numbers"
import { listed } from "@/lib/format/names"
import type { Clash } from "@/lib/live/collisions"

export interface Notice {
  /** Where room is short, files by their last name. */
  short: string
  full: string
  /** A line for each file. */
  detail: string
  /** The others' sessions, by whose they are. */
  sessions: { id: string; name: string }[]
}

/** "Ben changes src/app.ts too"; of many files the first and how many more. */
export function noticeOf(clashes: readonly Clash[], me: string): Notice | null {
  const [first] = clashes
  if (!first) return null
  const others = clashes.flatMap((clash) => clash.others)
  const people = namesOf(others, me)
  const verb = people.length === 1 && people[0] !== "You" ? "changes" : "change"
  const more = clashes.length - 1
  const say = (path: string, rest: string) => `${listed(people)} ${verb} ${path}${more > 0 ? rest : ""} too`
  const sessions = new Map(others.map((one) => [one.id, { id: one.id, name: one.userId === me ? "Your" : `${one.name}’s` }]))
  return {
    short: say(first.path.split("/").at(-1) ?? first.path, ` +${more}`),
    full: say(first.path, ` and ${counted(more, "more file")}`),
    detail: clashes.map((clash) => `${clash.path} · ${listed(namesOf(clash.others, me))}`).join("\n"),
    sessions: [...sessions.values()],
  }
}

function namesOf(others: Clash["others"], me: string): string[] {
  const names = new Map(others.map((one) => [one.userId, one.userId === me ? "You" : one.name]))
  return [...names.values()].sort((a, b) => Number(b === "You") - Number(a === "You"))
}
