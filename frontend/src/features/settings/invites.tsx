import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { useState } from "react"

import { useApi } from "@/api/context"
import { inviteList } from "@/api/invites"
import { mailOptions } from "@/api/mail"
import { Button } from "@/components/button"
import { Dialog } from "@/components/dialog"
import { More } from "@/components/more"
import { Nothing, Part, Section } from "@/components/section"

import { InviteForm } from "./invite-form"
import { InviteRow } from "./invite-row"

/** Letters and links that bring people into the team; for its admins. */
export function Invites({ team }: { team: string }) {
  const api = useApi()
  const invites = useInfiniteQuery(inviteList(api, team))
  const mail = useQuery(mailOptions(api)).data?.enabled ?? false
  const [inviting, setInviting] = useState(false)
  const held = invites.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section
      title="Invitations"
      definition="Whoever has an invitation’s link can join with its role, until it is used up, expired or revoked. One that was sent to an address is for an account with that address."
      aside={
        <Button look="primary" onClick={() => setInviting(true)}>
          Invite people
        </Button>
      }
    >
      <Part query={invites} failure="The invitations could not be loaded">
        {() =>
          held.length === 0 ? (
            <Nothing>No invitation yet. {mail ? "Send one to an address, or make a link to send yourself." : "Make a link, and send it to whom you want in the team."}</Nothing>
          ) : (
            <>
              <ul className="divide-y divide-line" aria-label="Invitations">
                {held.map((invite) => (
                  <InviteRow key={invite.id} team={team} invite={invite} mail={mail} />
                ))}
              </ul>
              <More query={invites} label="Show more invitations" />
            </>
          )
        }
      </Part>
      <Dialog open={inviting} onOpenChange={setInviting} title="Invite people" description="An invitation is a link. It is shown once, when it is made.">
        <InviteForm team={team} onDone={() => setInviting(false)} />
      </Dialog>
    </Section>
  )
}
