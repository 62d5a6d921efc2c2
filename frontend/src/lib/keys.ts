import { useEffect, useRef } from "react"

export interface Shortcut {
  /** One key ("j", "Enter", "?"), a sequence ("g d"), or with the command key ("mod+k"). */
  keys: string
  label: string
  run: (event: KeyboardEvent) => void
  /** Also while the person types in a field. */
  always?: boolean
  /** Where this says no, the key keeps its own meaning. */
  when?: () => boolean
}

const SEQUENCE_MS = 1_200
const held = new Set<Shortcut>()
let prefix = ""
let prefixAt = 0

/** What can be pressed on this page now, in the order it was registered. */
export function activeShortcuts(): Shortcut[] {
  return [...held]
}

/** Registers keys for as long as the component is there. */
export function useShortcuts(shortcuts: Shortcut[]): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  const signature = shortcuts.map((shortcut) => shortcut.keys).join("|")
  useEffect(() => {
    const mine = latest.current.map((shortcut, index) => ({
      ...shortcut,
      run: (event: KeyboardEvent) => latest.current[index]?.run(event),
      when: () => latest.current[index]?.when?.() ?? true,
    }))
    for (const shortcut of mine) held.add(shortcut)
    return () => {
      for (const shortcut of mine) held.delete(shortcut)
    }
  }, [signature])
}

/** Listens on the document. Returns what ends it. */
export function listenForKeys(target: Document): () => void {
  const listener = (event: KeyboardEvent) => press(event)
  target.addEventListener("keydown", listener)
  return () => target.removeEventListener("keydown", listener)
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || event.isComposing) return
  const name = event.ctrlKey || event.metaKey ? `mod+${event.key.toLowerCase()}` : event.key
  const sequence = prefix && event.timeStamp - prefixAt < SEQUENCE_MS ? `${prefix} ${name}` : name
  prefix = ""
  const found = find(sequence, event) ?? find(name, event)
  if (found) {
    event.preventDefault()
    found.run(event)
  } else if (!typing(event.target) && [...held].some((shortcut) => shortcut.keys.startsWith(`${name} `))) {
    prefix = name
    prefixAt = event.timeStamp
  }
}

/** The latest registered wins: a page's own key is above the frame's. */
function find(keys: string, event: KeyboardEvent): Shortcut | undefined {
  if (keys !== "mod+k" && inLayer(event.target)) return undefined
  return [...held].reverse().find((shortcut) => shortcut.keys === keys && (shortcut.always === true || !typing(event.target)) && (shortcut.when?.() ?? true))
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
}

/** Menus and dialogs have keys of their own. */
function inLayer(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("[role=dialog],[role=menu],[role=listbox]") !== null
}
