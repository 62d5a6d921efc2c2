import type { Member } from "@/api/types"
import { Button } from "@/components/button"
import { Field } from "@/components/field"
import { Select } from "@/components/select"

import { GROUPS, NO_CHOICE, type AuditChoice } from "./audit-words"

interface AuditFiltersProps {
  choice: AuditChoice
  people: readonly Member[]
  onChange: (choice: AuditChoice) => void
}

/** What, who and when. */
export function AuditFilters({ choice, people, onChange }: AuditFiltersProps) {
  const kinds = [{ value: "", label: "Everything" }, ...GROUPS.map(({ key, label }) => ({ value: key, label }))]
  const persons = [{ value: "", label: "Everybody" }, ...people.map((member) => ({ value: member.user_id, label: member.username }))]
  const change = (part: Partial<AuditChoice>) => {
    const next = { ...choice, ...part }
    onChange(Object.values(next).every((value) => value === "") ? NO_CHOICE : next)
  }
  return (
    <div role="search" aria-label="Filter the audit log" className="mb-3 grid grid-cols-2 items-end gap-3 lg:grid-cols-[repeat(4,minmax(0,1fr))_auto]">
      <Select label="What" choices={kinds} value={choice.group} onChange={(event) => change({ group: event.target.value })} />
      <Select label="Who" choices={persons} value={choice.actor} onChange={(event) => change({ actor: event.target.value })} />
      <Field label="From" type="date" value={choice.from} max={choice.to || undefined} onChange={(event) => change({ from: event.target.value })} />
      <Field label="To" type="date" value={choice.to} min={choice.from || undefined} onChange={(event) => change({ to: event.target.value })} />
      <Button className="h-9" disabled={choice === NO_CHOICE} onClick={() => onChange(NO_CHOICE)}>
        Clear
      </Button>
    </div>
  )
}
