import { useState } from "react"

import { useDeleteAccount } from "@/api/account"
import { useUser } from "@/api/context"
import { Button } from "@/components/button"
import { Dialog } from "@/components/dialog"
import { Field } from "@/components/field"
import { fieldError, Form, text } from "@/components/form"
import { Section } from "@/components/section"

/** What cannot be undone: it asks for the name and the password. */
export function DeleteAccount() {
  const [open, setOpen] = useState(false)
  return (
    <Section title="Delete account">
      <p className="mb-3 text-muted">Your account and all your sessions go for good, and with them the teams that nobody else is in.</p>
      <Button look="danger" onClick={() => setOpen(true)}>
        Delete account
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Delete account"
        description="Your sessions disappear for everybody, your tokens end, and nothing of it can be brought back."
      >
        <DeleteForm />
      </Dialog>
    </Section>
  )
}

function DeleteForm() {
  const user = useUser()
  const remove = useDeleteAccount()
  const [typed, setTyped] = useState("")
  return (
    <Form
      danger
      submit="Delete my account for good"
      busy={remove.isPending}
      disabled={typed !== user.username}
      error={remove.error}
      onSubmit={(values) => remove.mutate(text(values, "password"))}
    >
      <Field
        label={`Type ${user.username} to go on`}
        name="name"
        autoComplete="off"
        required
        autoFocus
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required error={fieldError(remove.error, "password")} />
    </Form>
  )
}
