import { useInfiniteQuery } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import type { Delivery } from "@/api/types"
import { deliveryLog } from "@/api/webhooks"
import { Ago } from "@/components/ago"
import { More } from "@/components/more"
import { kindOf } from "@/components/notices/kinds"
import { Nothing, Part } from "@/components/section"
import { useNow } from "@/lib/clock"
import { counted } from "@/lib/format/numbers"
import { at } from "@/lib/format/times"

import { StatusLine } from "./delivery-status"

/** What was sent to a receiver, what it answered, and when it is tried again. */
export function DeliveryLog({ team, id }: { team: string; id: string }) {
  const log = useInfiniteQuery(deliveryLog(useApi(), team, id))
  const held = log.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Part query={log} failure="The log could not be loaded" lines={5}>
      {() =>
        held.length === 0 ? (
          <Nothing>Nothing has been sent there yet.</Nothing>
        ) : (
          <>
            <ul className="divide-y divide-line" aria-label="Deliveries">
              {held.map((delivery) => (
                <Row key={delivery.id} delivery={delivery} />
              ))}
            </ul>
            <More query={log} label="Show earlier" />
          </>
        )
      }
    </Part>
  )
}

function Row({ delivery }: { delivery: Delivery }) {
  const now = useNow()
  const { status, attempts, response_status: answer, error, next_at: next } = delivery
  const facts = [
    answer !== null && `answered ${answer}`,
    attempts > 0 && counted(attempts, "try", "tries"),
    status === "waiting" && next !== null && attempts > 0 && `again at ${at(next, now)}`,
  ].filter(Boolean)
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 py-2" data-testid="delivery" data-status={status}>
      <span className="w-24 shrink-0">
        <StatusLine status={status} />
      </span>
      <span className="min-w-40 flex-1">
        <span className="block">{delivery.kind === "test" ? "Test message" : kindOf(delivery.kind).label}</span>
        <span className="block text-meta break-words text-muted">{[...facts, error].filter(Boolean).join(" · ")}</span>
      </span>
      <Ago iso={delivery.created_at} className="shrink-0 text-meta text-muted" />
    </li>
  )
}
