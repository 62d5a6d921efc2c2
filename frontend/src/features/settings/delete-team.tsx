import { useState } from "react"

import { useDeleteTeam } from "@/api/team"
import type { Team } from "@/api/types"
import { Button } from "@/components/button"
import { Dialog } from "@/components/dialog"
import { Field } from "@/components/field"
import { Form } from "@/components/form"
import { Section } from "@/components/section"
import { useToast } from "@/components/toasts"

/** What cannot be undone: it asks for the team's name. */
export function DeleteTeam({ team }: { team: Team }) {
  const [open, setOpen] = useState(false)
  return (
    <Section title="Delete the team">
      <p className="mb-3 text-muted">All its sessions go for good. Its members keep their accounts.</p>
      <Button look="danger" onClick={() => setOpen(true)}>
        Delete {team.name}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={`Delete ${team.name}`}
        description="Everybody’s sessions in this team, its invitations and its audit log go for good. Nothing of it can be brought back."
      >
        <DeleteForm team={team} />
      </Dialog>
    </Section>
  )
}

function DeleteForm({ team }: { team: Team }) {
  const remove = useDeleteTeam()
  const say = useToast()
  const [typed, setTyped] = useState("")
  const send = () => void remove.mutateAsync(team.id).then(() => say(`${team.name} is deleted`), () => undefined)
  return (
    <Form danger submit="Delete the team for good" busy={remove.isPending} disabled={typed !== team.name} error={remove.error} onSubmit={send}>
      <Field
        label={`Type ${team.name} to go on`}
        name="name"
        autoComplete="off"
        required
        autoFocus
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </Form>
  )
}
