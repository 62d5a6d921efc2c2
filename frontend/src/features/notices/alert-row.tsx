import { Link } from "@tanstack/react-router"
import { Check, CircleCheck, Clock, Eye, TriangleAlert, type LucideIcon } from "lucide-react"

import { useAlert } from "@/api/alerts"
import type { Alert, AlertState, User } from "@/api/types"
import { Ago } from "@/components/ago"
import { Button, buttonClasses } from "@/components/button"
import { sentence } from "@/components/form"
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/menu"
import { kindOf } from "@/components/notices/kinds"
import { useToast } from "@/components/toasts"
import { classes } from "@/lib/classes"
import { useNow } from "@/lib/clock"
import { at } from "@/lib/format/times"

export const STATE_WORDS: Record<AlertState, string> = { open: "Open", acknowledged: "Seen", snoozed: "Snoozed", resolved: "Over" }

const MARKS: Record<AlertState, { icon: LucideIcon; ink: string }> = {
  open: { icon: TriangleAlert, ink: "text-critical-ink" },
  acknowledged: { icon: Eye, ink: "text-muted" },
  snoozed: { icon: Clock, ink: "text-muted" },
  resolved: { icon: CircleCheck, ink: "text-good-ink" },
}

const SNOOZES = [
  { label: "15 minutes", ms: 15 * 60_000 },
  { label: "1 hour", ms: 3_600_000 },
  { label: "4 hours", ms: 4 * 3_600_000 },
  { label: "1 day", ms: 24 * 3_600_000 },
] as const

/** One incident: what it is, of which session, how it stands, and what can be done. */
export function AlertRow({ alert, user }: { alert: Alert; user: User }) {
  const now = useNow()
  const { icon: Icon, ink, label } = kindOf(alert.kind)
  const { icon: Mark, ink: tone } = MARKS[alert.state]
  const over = alert.state === "resolved"
  return (
    <li data-testid="alert" data-kind={alert.kind} data-state={alert.state} className="flex flex-wrap items-start gap-x-4 gap-y-2 px-3 py-2.5">
      <Icon aria-hidden size={16} strokeWidth={1.5} className={classes("mt-0.5 shrink-0", over ? "text-muted" : ink)} />
      <div className="min-w-52 flex-1">
        <p className={classes("break-words", !over && "font-medium")}>
          {label}
          {alert.session_title !== null && (
            <>
              {": "}
              {alert.session_id === null ? (
                alert.session_title
              ) : (
                <Link to="/sessions/$id" params={{ id: alert.session_id }} className="text-accent-ink underline underline-offset-2">
                  {alert.session_title}
                </Link>
              )}
            </>
          )}
        </p>
        <p className="text-muted break-words">{alert.reason}</p>
        <p className="flex flex-wrap items-center gap-x-3 text-meta text-muted">
          <span className={classes("inline-flex items-center gap-1 font-medium", tone)}>
            <Mark aria-hidden size={12} strokeWidth={1.75} />
            {alert.state === "snoozed" && alert.snoozed_until !== null ? `Snoozed until ${at(alert.snoozed_until, now)}` : STATE_WORDS[alert.state]}
          </span>
          {alert.username !== null && <span>{alert.username}</span>}
          <span>
            since <Ago iso={alert.opened_at} />
          </span>
          {alert.resolved_at !== null && (
            <span>
              over <Ago iso={alert.resolved_at} />
            </span>
          )}
        </p>
      </div>
      {!over && mayAct(alert, user) && <Deeds alert={alert} />}
    </li>
  )
}

/** Whose it is, and an admin. */
function mayAct(alert: Alert, user: User): boolean {
  return user.role === "admin" || (user.role === "member" && alert.user_id === user.id)
}

function Deeds({ alert }: { alert: Alert }) {
  const { acknowledge, snooze, resolve } = useAlert(alert.id)
  const say = useToast()
  const onError = (error: unknown) => say(sentence(error))
  const name = alert.session_title ?? kindOf(alert.kind).label
  return (
    <div className="flex flex-wrap gap-2">
      {alert.state !== "acknowledged" && (
        <Button aria-label={`Seen: ${name}`} data-tip="It stays, and is not told again" busy={acknowledge.isPending} onClick={() => acknowledge.mutate(undefined, { onError })}>
          <Eye aria-hidden size={14} strokeWidth={1.5} />
          Seen
        </Button>
      )}
      <Menu>
        <MenuTrigger aria-label={`Snooze: ${name}`} className={buttonClasses()}>
          <Clock aria-hidden size={14} strokeWidth={1.5} />
          Snooze
        </MenuTrigger>
        <MenuContent label="Snooze for">
          {SNOOZES.map(({ label, ms }) => (
            <MenuItem key={label} onSelect={() => snooze.mutate(new Date(Date.now() + ms).toISOString(), { onError })}>
              {label}
            </MenuItem>
          ))}
        </MenuContent>
      </Menu>
      <Button aria-label={`Resolve: ${name}`} busy={resolve.isPending} onClick={() => resolve.mutate(undefined, { onError })}>
        <Check aria-hidden size={14} strokeWidth={1.5} />
        Resolve
      </Button>
    </div>
  )
}
