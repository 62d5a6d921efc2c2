import { useEffect, useRef } from "react"

/** Something of the open page that can be found by its name and done. */
export interface Command {
  label: string
  /** What kind of thing it is. */
  note: string
  run: () => void
}

const held = new Set<() => readonly Command[]>()

/** What the pages that are open can do now, the latest page's first. */
export function activeCommands(): Command[] {
  return [...held].reverse().flatMap((list) => list())
}

/** Offers commands for as long as the component is there. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands)
  useEffect(() => {
    latest.current = commands
  })
  useEffect(() => {
    const list = () => latest.current
    held.add(list)
    return () => void held.delete(list)
  }, [])
}
