import { useQuery } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import { feedAddress, useFeedAddress } from "@/api/insights"
import { Button } from "@/components/button"
import { Confirm } from "@/components/confirm"
import { Dialog } from "@/components/dialog"
import { FormError } from "@/components/form"
import { CopyButton } from "@/components/notice"
import { Part } from "@/components/section"
import { date } from "@/lib/format/times"

interface RssAddressProps {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** An address under which a feed reader finds what the team shares. It is a secret, said once. */
export function RssAddress({ open, onOpenChange }: RssAddressProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Follow in a feed reader"
      description="A feed reader gets the insights that your team shares by an address of your own. Whoever has the address can read them, without signing in; of sessions it says nothing."
    >
      <Address />
    </Dialog>
  )
}

function Address() {
  const address = useQuery(feedAddress(useApi()))
  const { make, end } = useFeedAddress()
  const made = make.data?.url
  return (
    <Part query={address} failure="It could not be found out whether you have an address" lines={2}>
      {({ active, created_at: since }) => (
        <div className="flex flex-col gap-3">
          {made !== undefined && active ? (
            <>
              <p>Copy it now: it cannot be shown again.</p>
              <pre tabIndex={0} aria-label="The address" data-testid="feed-address" className="rounded-md border border-line bg-canvas p-3 font-mono text-body break-all whitespace-pre-wrap">
                {made}
              </pre>
            </>
          ) : (
            <p className="text-muted">
              {active ? `You have an address${since === null ? "" : ` since ${date(since)}`}. It was shown when it was made; a new one ends it.` : "You have no address yet."}
            </p>
          )}
          <FormError error={make.error ?? end.error} />
          <div className="flex flex-wrap items-center gap-2">
            {made !== undefined && active ? (
              <CopyButton look="primary" text={made} label="Copy the address" />
            ) : (
              <Button look="primary" busy={make.isPending} onClick={() => make.mutate()}>
                {active ? "Make a new address" : "Make an address"}
              </Button>
            )}
            {active && (
              <Confirm
                label="End the address"
                ask="End it"
                warning="Readers that use it get nothing more."
                act="End the address"
                keep="Keep"
                busy={end.isPending}
                onAct={() => end.mutate(undefined, { onSuccess: () => make.reset() })}
              />
            )}
          </div>
        </div>
      )}
    </Part>
  )
}
