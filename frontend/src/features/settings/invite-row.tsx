import { CircleAlert, Clock, MailCheck } from "lucide-react"

import { useResendInvite, useRevokeInvite } from "@/api/invites"
import type { Invite } from "@/api/types"
import { Ago } from "@/components/ago"
import { Button } from "@/components/button"
import { Confirm } from "@/components/confirm"
import { sentence } from "@/components/form"
import { ROLES } from "@/components/roles"
import { useToast } from "@/components/toasts"
import { date } from "@/lib/format/times"

interface InviteRowProps {
  team: string
  invite: Invite
  /** Whether letters can be sent. */
  mail: boolean
}

/** One invitation: for whom, as what, how far it has got, and what can be done about it. */
export function InviteRow({ team, invite, mail }: InviteRowProps) {
  const role = ROLES[invite.role].label
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2" data-testid="invite" data-state={invite.state} data-mail={invite.mail?.state}>
      <span className="min-w-48 flex-1">
        <span className="block font-medium break-all">{invite.email ?? role}</span>
        <span className="text-meta text-muted">
          {invite.email !== null && `${role} · `}made {date(invite.created_at)} · {invite.state === "expired" ? "ended" : "ends"} {date(invite.expires_at)}
        </span>
        {invite.mail && invite.state !== "used_up" && <Sending sending={invite.mail} />}
      </span>
      {invite.email === null && (
        <span className="text-muted tabular-nums">
          used {invite.uses} of {invite.max_uses}
        </span>
      )}
      {invite.state !== "open" && <span className="text-muted">{ended(invite)}</span>}
      {invite.email !== null && invite.state !== "used_up" && mail && <Resend team={team} invite={invite} />}
      <Revoke team={team} invite={invite} />
    </li>
  )
}

type Mail = NonNullable<Invite["mail"]>

/** What has become of the letter. */
function Sending({ sending }: { sending: Mail }) {
  const { icon: Icon, words, ink } = sending.state === "queued" && sending.reason !== null ? RETRIED : SENDING[sending.state]
  return (
    <span className={`flex items-start gap-1.5 text-meta ${ink}`} data-testid="invite-mail">
      <Icon aria-hidden size={14} strokeWidth={1.5} className="mt-px shrink-0" />
      <span>
        {words} {sending.state === "queued" && sending.reason === null ? null : <Ago iso={sending.at} />}
        {sending.reason !== null && <span className="block">{sending.reason}</span>}
        {sending.state === "queued" && sending.reason !== null && <span className="block">It is tried again by itself.</span>}
      </span>
    </span>
  )
}

const SENDING = {
  queued: { icon: Clock, words: "Waiting to be sent", ink: "text-muted" },
  sent: { icon: MailCheck, words: "Letter sent", ink: "text-muted" },
  failed: { icon: CircleAlert, words: "Letter not sent, tried", ink: "text-critical-ink" },
} as const
const RETRIED = { icon: Clock, words: "Letter not sent yet, tried", ink: "text-muted" } as const

function ended(invite: Invite): string {
  if (invite.state === "expired") return "Expired"
  return invite.email === null ? "Used up" : "Joined"
}

function Resend({ team, invite }: { team: string; invite: Invite }) {
  const resend = useResendInvite(team)
  const say = useToast()
  const send = () =>
    resend.mutate(invite.id, {
      onSuccess: (again) => say(`A new link is on its way to ${again.email}. Those sent before stop working`),
      onError: (error) => say(sentence(error)),
    })
  return (
    <Button aria-label={`Send the invitation to ${invite.email} again`} busy={resend.isPending} onClick={send}>
      Send again
    </Button>
  )
}

function Revoke({ team, invite }: { team: string; invite: Invite }) {
  const revoke = useRevokeInvite(team)
  const say = useToast()
  const end = () =>
    revoke.mutate(invite.id, {
      onSuccess: () => say("The invitation is revoked"),
      onError: (error) => say(sentence(error)),
    })
  const what = invite.email === null ? `${ROLES[invite.role].label}, made ${date(invite.created_at)}` : `to ${invite.email}`
  return (
    <Confirm
      label={`Revoke the invitation ${what}`}
      ask="Revoke"
      warning="Its link stops working at once."
      act="Revoke for good"
      keep="Keep"
      busy={revoke.isPending}
      onAct={end}
    />
  )
}
