import type { MadeInvite } from "@/api/types"
import { Button } from "@/components/button"
import { CopyButton } from "@/components/notice"
import { ROLES } from "@/components/roles"
import { counted } from "@/lib/format/numbers"
import { date } from "@/lib/format/times"

/** What was made or sent again, with its link, once. */
export function InviteMade({ invite, onDone }: { invite: MadeInvite; onDone: () => void }) {
  const { one } = ROLES[invite.role]
  return (
    <div className="flex flex-col gap-3">
      {invite.email === null ? (
        <p>
          Send it to {counted(invite.max_uses, "person", "people")}: with it one joins as {one}, until {date(invite.expires_at)}. Copy it now; it cannot be
          shown again.
        </p>
      ) : (
        <p>
          A letter is on its way to <span className="font-medium break-all">{invite.email}</span>, who joins with it as {one}, until {date(invite.expires_at)}. The
          list says when it is sent. You can send them this link as well; it cannot be shown again.
        </p>
      )}
      <pre tabIndex={0} aria-label="The link" data-testid="invite-link" className="rounded-md border border-line bg-canvas p-3 font-mono text-body break-all whitespace-pre-wrap">
        {invite.url}
      </pre>
      <div className="flex gap-2">
        <CopyButton look={invite.email === null ? "primary" : "secondary"} text={invite.url} label="Copy the link" />
        <Button look={invite.email === null ? "secondary" : "primary"} onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  )
}
