import { useInfiniteQuery } from "@tanstack/react-query"
import { useState } from "react"

import { useApi } from "@/api/context"
import { inviteList, useRevokeInvite } from "@/api/invites"
import type { Invite } from "@/api/types"
import { Button } from "@/components/button"
import { Confirm } from "@/components/confirm"
import { Dialog } from "@/components/dialog"
import { sentence } from "@/components/form"
import { More } from "@/components/more"
import { ROLES } from "@/components/roles"
import { Nothing, Part, Section } from "@/components/section"
import { useToast } from "@/components/toasts"
import { date } from "@/lib/format/times"

import { InviteForm } from "./invite-form"

/** Links that bring people into the team; for its admins. */
export function Invites({ team }: { team: string }) {
  const invites = useInfiniteQuery(inviteList(useApi(), team))
  const [inviting, setInviting] = useState(false)
  const held = invites.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section
      title="Invitations"
      definition="Whoever has an invitation’s link can join with its role, until it is used up, expired or revoked."
      aside={
        <Button look="primary" onClick={() => setInviting(true)}>
          Invite people
        </Button>
      }
    >
      <Part query={invites} failure="The invitations could not be loaded">
        {() =>
          held.length === 0 ? (
            <Nothing>No invitation yet. Make a link, and send it to whom you want in the team.</Nothing>
          ) : (
            <>
              <ul className="divide-y divide-line" aria-label="Invitations">
                {held.map((invite) => (
                  <Row key={invite.id} team={team} invite={invite} />
                ))}
              </ul>
              <More query={invites} label="Show more invitations" />
            </>
          )
        }
      </Part>
      <Dialog open={inviting} onOpenChange={setInviting} title="Invite people" description="You get a link to send. It is shown once, when it is made.">
        <InviteForm team={team} onDone={() => setInviting(false)} />
      </Dialog>
    </Section>
  )
}

const STATES: Record<Invite["state"], string | null> = { open: null, expired: "Expired", used_up: "Used up" }

function Row({ team, invite }: { team: string; invite: Invite }) {
  const revoke = useRevokeInvite(team)
  const say = useToast()
  const end = () =>
    revoke.mutate(invite.id, {
      onSuccess: () => say("The invitation is revoked"),
      onError: (error) => say(sentence(error)),
    })
  const what = `${ROLES[invite.role].label}, made ${date(invite.created_at)}`
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2" data-testid="invite" data-state={invite.state}>
      <span className="min-w-40 flex-1">
        <span className="block font-medium">{ROLES[invite.role].label}</span>
        <span className="text-meta text-muted">
          made {date(invite.created_at)} · {invite.state === "expired" ? "ended" : "ends"} {date(invite.expires_at)}
        </span>
      </span>
      <span className="text-muted tabular-nums">
        used {invite.uses} of {invite.max_uses}
      </span>
      {STATES[invite.state] && <span className="text-muted">{STATES[invite.state]}</span>}
      <Confirm
        label={`Revoke the invitation ${what}`}
        ask="Revoke"
        warning="Its link stops working at once."
        act="Revoke for good"
        keep="Keep"
        busy={revoke.isPending}
        onAct={end}
      />
    </li>
  )
}
