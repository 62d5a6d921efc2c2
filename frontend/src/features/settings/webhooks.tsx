import { useQuery } from "@tanstack/react-query"
import { useState } from "react"

import { useApi } from "@/api/context"
import type { User } from "@/api/types"
import { webhookList } from "@/api/webhooks"
import { Button } from "@/components/button"
import { Dialog } from "@/components/dialog"
import { Nothing, Part, Section } from "@/components/section"

import { WebhookForm } from "./webhook-form"
import { WebhookRow } from "./webhook-row"

/** The team's receivers. Admins change them; others see which there are. */
export function Webhooks({ team, user }: { team: string; user: User }) {
  const webhooks = useQuery(webhookList(useApi(), team))
  const [adding, setAdding] = useState(false)
  const admin = user.role === "admin"
  return (
    <Section
      title="Webhooks"
      definition="Each receiver gets the events chosen for it: what happened, in which session, repository and on which machine, and a link. Never what was said to a tool."
      aside={
        admin && (
          <Button look="primary" onClick={() => setAdding(true)}>
            Add a webhook
          </Button>
        )
      }
    >
      <Part query={webhooks} failure="The webhooks could not be loaded">
        {({ items }) =>
          items.length === 0 ? (
            <Nothing>
              {admin ? "None yet. Add your team’s Slack or Microsoft Teams channel, or a receiver of your own." : "None yet. An admin of your team can add one."}
            </Nothing>
          ) : (
            <ul className="divide-y divide-line" aria-label="Webhooks">
              {items.map((webhook) => (
                <WebhookRow key={webhook.id} team={team} webhook={webhook} admin={admin} />
              ))}
            </ul>
          )
        }
      </Part>
      <Dialog wide open={adding} onOpenChange={setAdding} title="Add a webhook">
        <WebhookForm team={team} onDone={() => setAdding(false)} />
      </Dialog>
    </Section>
  )
}
