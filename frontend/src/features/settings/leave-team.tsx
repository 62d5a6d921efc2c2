import { useMembers } from "@/api/members"
import type { User } from "@/api/types"
import { Confirm } from "@/components/confirm"
import { FormError } from "@/components/form"
import { Section } from "@/components/section"
import { useToast } from "@/components/toasts"

/** The way out of a team. Its last admin has none: the server says so. */
export function LeaveTeam({ id, name, user }: { id: string; name: string; user: User }) {
  const { leave } = useMembers(id)
  const say = useToast()
  const go = () => void leave.mutateAsync(user.id).then(() => say(`You left ${name}`), () => undefined)
  return (
    <Section title="Leave the team">
      <p className="mb-3 text-muted">What you shared stays with the team. Your API tokens and machines of this team stop at once.</p>
      <div className="flex flex-col items-start gap-3">
        <Confirm
          label={`Leave ${name}`}
          ask={`Leave ${name}`}
          warning="Only an admin can bring you back."
          act="Leave"
          keep="Stay"
          busy={leave.isPending}
          onAct={go}
        />
        <FormError error={leave.error} />
      </div>
    </Section>
  )
}
