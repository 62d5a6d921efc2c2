import { Download } from "lucide-react"

import { useOwnData } from "@/api/account"
import { Button } from "@/components/button"
import { sentence } from "@/components/form"
import { Section } from "@/components/section"
import { useToast } from "@/components/toasts"
import { saveFile } from "@/lib/save-file"

/** A copy of everything, to take along. That it was taken is an entry of the audit log. */
export function OwnData() {
  const ownData = useOwnData()
  const say = useToast()
  const take = () =>
    ownData.mutate(undefined, {
      onSuccess: (content) => saveFile(`my-data-${new Date().toISOString().slice(0, 10)}.json`, "application/json", content),
      onError: (error) => say(sentence(error)),
    })
  return (
    <Section title="Your data">
      <p className="mb-3 text-muted">
        Everything that is held of you, as one JSON file: your account, teams, sign-ins and tokens, what the audit log says of you, your machines and all your
        sessions.
      </p>
      <Button busy={ownData.isPending} onClick={take}>
        <Download aria-hidden size={16} strokeWidth={1.5} />
        Download my data
      </Button>
    </Section>
  )
}
