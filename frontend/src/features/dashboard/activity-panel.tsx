import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { CircleCheck, CircleX, HandCoins, Lightbulb, UserPlus, X, type LucideIcon } from "lucide-react"
import { useEffect, useState, type ReactNode } from "react"

import { newestAlerts } from "@/api/alerts"
import { homeChannel, useApi, useUser } from "@/api/context"
import { useHiddenInsights, newestInsights } from "@/api/insights"
import { memberList } from "@/api/members"
import type { AlertKind } from "@/api/types"
import { Ago } from "@/components/ago"
import { Button } from "@/components/button"
import { Nothing, Part, Section } from "@/components/section"
import { classes } from "@/lib/classes"
import { useNow } from "@/lib/clock"

import { activityOf, endedOf, type Deed, type Ended } from "./activity"

const BUDGETS: AlertKind[] = ["budget_warning"]
const LOOK_EVERY_MS = 1_000

/** What happens in the team besides the sessions at work, live. */
export function ActivityPanel({ team, onClose }: { team: string; onClose: () => void }) {
  const api = useApi()
  const now = useNow()
  const insights = useQuery(newestInsights(api))
  const members = useInfiniteQuery(memberList(api, team))
  const alerts = useQuery(newestAlerts(api, BUDGETS))
  const hidden = useHiddenInsights()
  const ended = useEnded()
  return (
    <Section
      title="Team activity"
      aside={
        <Button look="ghost" square aria-label="Close the team’s activity" onClick={onClose}>
          <X aria-hidden size={14} strokeWidth={1.5} />
        </Button>
      }
    >
      <Part query={insights} failure="The activity could not be loaded" lines={6}>
        {(held) => {
          const sources = {
            insights: held.filter((one) => !hidden.includes(one.id)),
            members: members.data?.pages.flatMap((page) => page.items) ?? [],
            ended,
            alerts: alerts.data ?? [],
          }
          const deeds = activityOf(sources, now)
          return deeds.length === 0 ? (
            <Nothing>Nothing yet this week. Insights, new members, ended sessions and budgets that run out are told here.</Nothing>
          ) : (
            <ol aria-label="Team activity" data-testid="activity" className="flex flex-col gap-3">
              {deeds.map((deed) => (
                <Line key={deed.key} deed={deed} />
              ))}
            </ol>
          )
        }}
      </Part>
    </Section>
  )
}

function Line({ deed }: { deed: Deed }) {
  const { icon: Icon, ink, words } = told(deed)
  return (
    <li className="flex gap-2.5" data-kind={deed.kind}>
      <Icon aria-hidden size={14} strokeWidth={1.75} className={classes("mt-0.5 shrink-0", ink)} />
      <div className="min-w-0 flex-1">
        <p className="break-words">{words}</p>
        <Ago iso={deed.at} className="text-meta text-muted" />
      </div>
    </li>
  )
}

const LINK = "font-medium hover:text-accent-ink"

function told(deed: Deed): { icon: LucideIcon; ink: string; words: ReactNode } {
  switch (deed.kind) {
    case "insight":
      return {
        icon: Lightbulb,
        ink: "text-accent-ink",
        words: (
          <>
            {deed.insight.username === null ? "Detected: " : `${deed.insight.username} shared `}
            <Link to="/insights/$id" params={{ id: deed.insight.id }} className={LINK}>
              {deed.insight.title}
            </Link>
          </>
        ),
      }
    case "member":
      return { icon: UserPlus, ink: "text-muted", words: `${deed.member.username} joined the team` }
    case "ended":
      return {
        icon: deed.session.well === false ? CircleX : CircleCheck,
        ink: deed.session.well === false ? "text-critical-ink" : deed.session.well ? "text-good-ink" : "text-muted",
        words: (
          <>
            <Link to="/sessions/$id" params={{ id: deed.session.id }} className={LINK}>
              {deed.session.title}
            </Link>{" "}
            of {deed.session.username} ended{deed.session.well === null ? "" : deed.session.well ? " well" : " badly"}
          </>
        ),
      }
    case "budget":
      return {
        icon: HandCoins,
        ink: "text-warning-ink",
        words: (
          <Link to="/notifications" search={{ show: "alerts" }} className={LINK}>
            {deed.alert.reason}
          </Link>
        ),
      }
  }
}

/** The latest sessions to end. A busy team changes a thousand times a second: one look in a while is enough. */
function useEnded(): readonly Ended[] {
  const { sessions } = useApi()
  const channel = homeChannel(useUser())
  const [ended, setEnded] = useState<readonly Ended[]>([])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      timer = undefined
      const found = [...sessions.ids(channel)].flatMap((id) => {
        const session = sessions.get(id)
        return (session && endedOf(session)) ?? []
      })
      const latest = found.sort((a, b) => b.at.localeCompare(a.at)).slice(0, 12)
      setEnded((held) => (JSON.stringify(held) === JSON.stringify(latest) ? held : latest))
    }
    timer = setTimeout(look, 0)
    const end = sessions.watchAll(() => (timer ??= setTimeout(look, LOOK_EVERY_MS)))
    return () => {
      end()
      clearTimeout(timer)
    }
  }, [sessions, channel])
  return ended
}
