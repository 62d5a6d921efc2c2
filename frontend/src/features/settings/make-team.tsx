import { useMakeTeam } from "@/api/team"
import { Field } from "@/components/field"
import { fieldError, Form, text } from "@/components/form"
import { useToast } from "@/components/toasts"

/** A team of one's own. Its maker is its admin, and goes there at once. */
export function MakeTeam() {
  const make = useMakeTeam()
  const say = useToast()
  const send = (values: FormData) => {
    const name = text(values, "name")
    // The whole page is drawn anew for the new team: only the promise outlives that. What went wrong stands in the form.
    void make.mutateAsync(name).then(() => say(`You are in ${name} now`), () => undefined)
  }
  return (
    <Form submit="Create team" busy={make.isPending} error={make.error} onSubmit={send}>
      <Field label="Team name" name="name" autoComplete="organization" required maxLength={100} error={fieldError(make.error, "name")} />
    </Form>
  )
}
