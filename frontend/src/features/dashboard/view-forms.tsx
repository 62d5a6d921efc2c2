import { Trash2 } from "lucide-react"

import { Button } from "@/components/button"
import { Field } from "@/components/field"
import { Form, text } from "@/components/form"
import { useToast } from "@/components/toasts"

import type { BoardMemory, SavedView } from "./board-memory"
import type { BoardSearch } from "./filter"

export function SaveForm({ memory, search, onDone }: { memory: BoardMemory; search: BoardSearch; onDone: () => void }) {
  const say = useToast()
  const save = (values: FormData) => {
    const name = text(values, "name").trim()
    if (name === "") return
    memory.save(name, search)
    say(`The view “${name}” is saved`, () => memory.forget(name))
    onDone()
  }
  return (
    <Form submit="Save" busy={false} error={null} onSubmit={save}>
      <Field label="Name" name="name" autoFocus required maxLength={60} hint="A view of the same name is replaced." />
    </Form>
  )
}

export function ViewList({ memory, views }: { memory: BoardMemory; views: readonly SavedView[] }) {
  const say = useToast()
  if (views.length === 0) return <p className="text-muted">No view is left.</p>
  return (
    <ul className="flex flex-col">
      {views.map(({ name, search }) => (
        <li key={name} className="flex items-center gap-2 border-t border-line py-1 first:border-t-0">
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <Button
            look="ghost"
            square
            aria-label={`Remove the view ${name}`}
            onClick={() => {
              memory.forget(name)
              say(`The view “${name}” is removed`, () => memory.save(name, search))
            }}
          >
            <Trash2 aria-hidden size={16} strokeWidth={1.5} />
          </Button>
        </li>
      ))}
    </ul>
  )
}
