import { useId, useState, type KeyboardEvent, type ReactNode } from "react"

import { classes } from "@/lib/classes"

/** A list of what a field could be completed with, which its keys walk through. */
export interface Choosing<T> {
  id: string
  items: readonly T[]
  at: number
  point: (index: number) => void
  pick: (item: T) => void
  /** Takes the keys that are meant for the list. Whether it did. */
  press: (event: KeyboardEvent) => boolean
  /** For the field, while the list is open. */
  field: { "aria-controls"?: string; "aria-activedescendant"?: string; "aria-autocomplete": "list" }
}

/** `first`: something is chosen from the start, and Enter takes it. */
export function useChoosing<T>(items: readonly T[], pick: (item: T) => void, first = false): Choosing<T> {
  const id = useId()
  const none = first ? 0 : -1
  const [state, setState] = useState({ at: none, of: items.length })
  // Another list begins anew.
  if (state.of !== items.length) setState({ at: none, of: items.length })
  const at = Math.min(state.at, items.length - 1)
  const point = (index: number) => setState({ at: index, of: items.length })
  const press = (event: KeyboardEvent) => {
    if (items.length === 0 || event.nativeEvent.isComposing) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const chosen = items[at]
    if (step !== undefined) point((Math.max(at, step > 0 ? -1 : 0) + step + items.length) % items.length)
    else if ((event.key === "Enter" || event.key === "Tab") && chosen !== undefined) {
      pick(chosen)
      point(none)
    } else return false
    event.preventDefault()
    return true
  }
  const open = items.length > 0
  return {
    id, items, at, point, pick, press,
    field: {
      "aria-autocomplete": "list",
      ...(open ? { "aria-controls": id } : {}),
      ...(open && at >= 0 ? { "aria-activedescendant": `${id}-${at}` } : {}),
    },
  }
}

interface ChoicesProps<T> {
  choosing: Choosing<T>
  label: string
  keyOf: (item: T) => string
  children: (item: T) => ReactNode
}

/** The list itself, below its field. */
export function Choices<T>({ choosing, label, keyOf, children }: ChoicesProps<T>) {
  if (choosing.items.length === 0) return null
  return (
    <ul
      id={choosing.id}
      role="listbox"
      aria-label={label}
      className="absolute inset-x-0 top-full z-10 mt-1 max-h-56 animate-appear overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-floating"
    >
      {choosing.items.map((item, index) => (
        <li
          key={keyOf(item)}
          id={`${choosing.id}-${index}`}
          role="option"
          aria-selected={index === choosing.at}
          // The field keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onPointerMove={() => choosing.point(index)}
          onClick={() => choosing.pick(item)}
          className={classes("flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 py-1", index === choosing.at && "bg-hover")}
        >
          {children(item)}
        </li>
      ))}
    </ul>
  )
}
