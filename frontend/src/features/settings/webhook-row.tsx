import { CircleDashed, MoreHorizontal, Pencil, Trash2 } from "lucide-react"
import { useState } from "react"

import type { Webhook } from "@/api/types"
import { useWebhooks } from "@/api/webhooks"
import { Button, buttonClasses } from "@/components/button"
import { Dialog } from "@/components/dialog"
import { sentence } from "@/components/form"
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/menu"
import { useToast } from "@/components/toasts"
import { counted } from "@/lib/format/numbers"

import { DeliveryLog } from "./delivery-log"
import { StatusLine } from "./delivery-status"
import { RECEIVERS, WebhookForm } from "./webhook-form"

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const

type Layer = "edit" | "log" | "delete"

/** One receiver, whether the last message arrived, and what an admin can do about it. */
export function WebhookRow({ team, webhook, admin }: { team: string; webhook: Webhook; admin: boolean }) {
  const [layer, setLayer] = useState<Layer | null>(null)
  const { change, remove, test } = useWebhooks(team)
  const say = useToast()
  const onError = (error: unknown) => say(sentence(error))
  const send = () =>
    test.mutate(webhook.id, {
      onSuccess: () => {
        say("A test message is on its way")
        setLayer("log")
      },
      onError,
    })
  const turn = () => change.mutate({ webhook, change: { enabled: !webhook.enabled } }, { onError })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5" data-testid="webhook">
      <div className="min-w-52 flex-1">
        <p className="font-medium break-words">
          {webhook.name} <span className="font-normal text-muted">· {RECEIVERS[webhook.kind].label}</span>
        </p>
        <p className="truncate font-mono text-meta text-muted" data-tip={webhook.url}>
          {webhook.url}
        </p>
        <p className="flex flex-wrap gap-x-3 text-meta text-muted">
          {webhook.enabled ? webhook.last_status && <StatusLine status={webhook.last_status} /> : <span>Off</span>}
          <span>{counted(webhook.events.length, "kind")} of events</span>
        </p>
      </div>
      {admin && (
        <div className="flex flex-wrap items-center gap-2">
          <Button aria-label={`Send a test to ${webhook.name}`} busy={test.isPending} onClick={send}>
            Send a test
          </Button>
          <Button look="ghost" aria-label={`Delivery log of ${webhook.name}`} onClick={() => setLayer("log")}>
            Log
          </Button>
          <Menu>
            <MenuTrigger aria-label={`More about ${webhook.name}`} className={buttonClasses("ghost", true)}>
              <MoreHorizontal {...ICON} />
            </MenuTrigger>
            <MenuContent>
              <MenuItem icon={<Pencil {...ICON} />} onSelect={() => setLayer("edit")}>
                Edit
              </MenuItem>
              <MenuItem icon={<CircleDashed {...ICON} />} onSelect={turn}>
                {webhook.enabled ? "Turn off" : "Turn on"}
              </MenuItem>
              <MenuItem danger icon={<Trash2 {...ICON} />} onSelect={() => setLayer("delete")}>
                Delete
              </MenuItem>
            </MenuContent>
          </Menu>
        </div>
      )}
      <Dialog wide open={layer === "log"} onOpenChange={() => setLayer(null)} title={`Delivery log of ${webhook.name}`}>
        <DeliveryLog team={team} id={webhook.id} />
      </Dialog>
      <Dialog wide open={layer === "edit"} onOpenChange={() => setLayer(null)} title={`Edit ${webhook.name}`}>
        <WebhookForm team={team} webhook={webhook} onDone={() => setLayer(null)} />
      </Dialog>
      <Dialog open={layer === "delete"} onOpenChange={() => setLayer(null)} title={`Delete ${webhook.name}`} description="Nothing more is sent there. Its log goes with it, and its secret cannot be had again.">
        <div className="flex gap-2">
          <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate(webhook.id, { onError, onSettled: () => setLayer(null) })}>
            Delete it for good
          </Button>
          <Button look="ghost" onClick={() => setLayer(null)}>
            Keep
          </Button>
        </div>
      </Dialog>
    </li>
  )
}
