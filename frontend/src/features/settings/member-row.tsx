import { useState } from "react"

import { useMembers } from "@/api/members"
import type { Member, Role, User } from "@/api/types"
import { Avatar } from "@/components/avatar"
import { Button } from "@/components/button"
import { sentence } from "@/components/form"
import { ROLES } from "@/components/roles"
import { useToast } from "@/components/toasts"
import { date } from "@/lib/format/times"

import { RoleSelector } from "./role-selector"

interface MemberRowProps {
  team: string
  member: Member
  me: User
  /** Without this person the team would have no admin. */
  onlyAdmin: boolean
}

export function MemberRow({ team, member, me, onlyAdmin }: MemberRowProps) {
  const self = member.user_id === me.id
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5" data-testid="member" data-user={member.user_id} data-role={member.role}>
      <Avatar name={member.username} id={member.user_id} size="large" />
      <div className="min-w-40 flex-1">
        <p className="truncate font-medium">
          {member.username}
          {self && <span className="font-normal text-muted"> (you)</span>}
        </p>
        <p className="truncate text-meta text-muted">
          {member.email && `${member.email} · `}since {date(member.joined_at)}
        </p>
        {onlyAdmin && me.role === "admin" && (
          <p className="text-meta text-muted">The only admin. To step down or leave, make somebody else one first.</p>
        )}
      </div>
      {me.role === "admin" ? (
        <Deeds team={team} member={member} self={self} onlyAdmin={onlyAdmin} />
      ) : (
        <span className="text-muted" tabIndex={0} data-tip={ROLES[member.role].may}>
          {ROLES[member.role].label}
        </span>
      )}
    </li>
  )
}

function Deeds({ team, member, self, onlyAdmin }: { team: string; member: Member; self: boolean; onlyAdmin: boolean }) {
  const { changeRole, remove, add } = useMembers(team)
  const say = useToast()
  const [stepping, setStepping] = useState<Role | null>(null)
  const failed = (error: unknown) => say(sentence(error))
  const give = async (role: Role, back: Role | null) => {
    await changeRole.mutateAsync({ user: member.user_id, role })
    if (!self) say(`${member.username} is ${ROLES[role].one} now`, back === null ? undefined : () => void give(back, null).catch(failed))
  }
  const { email } = member
  const bringBack = email === null ? undefined : () => void add.mutateAsync({ email, role: member.role }).then(() => say(`${member.username} is back`), failed)
  const takeOut = async () => {
    await remove.mutateAsync(member.user_id)
    // The person comes back by undo; their tokens of this team have ended for good.
    say(`${member.username} is removed, and their API tokens have ended`, bringBack)
  }
  const choose = (role: Role) => {
    if (role === member.role) return
    // Nobody who has stepped down could undo it.
    if (self) setStepping(role)
    else void give(role, member.role).catch(failed)
  }
  if (stepping !== null) {
    return (
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-muted">You give up managing this team, and only another admin can give it back.</span>
        <Button look="danger" autoFocus busy={changeRole.isPending} onClick={() => void give(stepping, null).catch(failed).finally(() => setStepping(null))}>
          Become {ROLES[stepping].one}
        </Button>
        <Button look="ghost" onClick={() => setStepping(null)}>
          Stay an admin
        </Button>
      </div>
    )
  }
  return (
    <div className="flex items-center gap-2">
      <RoleSelector label={`Role of ${member.username}`} value={member.role} onChange={choose} disabled={onlyAdmin || changeRole.isPending} />
      {!self && (
        <Button aria-label={`Remove ${member.username}`} busy={remove.isPending} onClick={() => void takeOut().catch(failed)}>
          Remove
        </Button>
      )}
    </div>
  )
}
