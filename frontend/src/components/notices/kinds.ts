import { AtSign, Bell, CalendarDays, Flame, Gauge, HandCoins, HeartPulse, Hourglass, Lightbulb, MessageSquare, PlugZap, UserPlus, type LucideIcon } from "lucide-react"

import type { NoticeKind } from "@/api/types"

interface Kind {
  label: string
  meaning: string
  icon: LucideIcon
  ink: string
}

/** What one can be told of, in the order in which it is chosen. */
export const KINDS: Record<NoticeKind, Kind> = {
  waiting_long: { label: "A session waits long", meaning: "One of yours waits for you longer than your team allows.", icon: Hourglass, ink: "text-warning-ink" },
  health_alert: { label: "Health falls", meaning: "A session’s health is below the team’s threshold.", icon: HeartPulse, ink: "text-critical-ink" },
  token_warning: { label: "Context fills up", meaning: "A session uses more of its context window than the team’s percentage.", icon: Gauge, ink: "text-warning-ink" },
  runaway: { label: "A session runs away", meaning: "It uses many tokens without getting on.", icon: Flame, ink: "text-critical-ink" },
  agent_silent: { label: "A machine falls silent", meaning: "Its agent has stopped reporting.", icon: PlugZap, ink: "text-warning-ink" },
  budget_warning: { label: "A budget runs out", meaning: "A limit of tokens or money is nearly reached, or is.", icon: HandCoins, ink: "text-warning-ink" },
  mention: { label: "Somebody mentions you", meaning: "By an @ and your name, in a comment.", icon: AtSign, ink: "text-accent-ink" },
  insight_comment: { label: "Somebody answers you", meaning: "A comment on an insight of yours, or an answer to your comment.", icon: MessageSquare, ink: "text-muted" },
  insight_shared: { label: "An insight is shared", meaning: "Somebody in your team has written down what they learned.", icon: Lightbulb, ink: "text-muted" },
  member_joined: { label: "Somebody joins", meaning: "Your team has a new member.", icon: UserPlus, ink: "text-muted" },
  weekly_report: { label: "The week’s report", meaning: "What your team’s sessions came to in the week.", icon: CalendarDays, ink: "text-muted" },
}

export const KIND_NAMES = Object.keys(KINDS) as NoticeKind[]

const OTHER: Kind = { label: "News", meaning: "", icon: Bell, ink: "text-muted" }

/** Also for a kind that this page does not know yet. */
export function kindOf(kind: string): Kind {
  return kind in KINDS ? KINDS[kind as NoticeKind] : OTHER
}
