import { useNavigate } from "@tanstack/react-router"
import type { RefObject } from "react"

import { useShortcuts } from "@/lib/keys"

import { usePins } from "./pins"

/** `j` and `k` move the focus over the cards, wherever it was; Escape gives it back to the page. */
export function useWalk(ids: readonly string[], listRef: RefObject<HTMLElement | null>, reveal: (id: string) => void): void {
  const navigate = useNavigate()
  const { toggle } = usePins()
  const current = () => {
    const id = document.activeElement?.closest("li")?.dataset.id
    return id === undefined ? -1 : ids.indexOf(id)
  }
  const onCard = () => document.activeElement?.hasAttribute("data-card-link") === true
  const withCurrent = (act: (id: string) => void) => () => {
    const id = ids[current()]
    if (id !== undefined) act(id)
  }
  const go = (step: number) => {
    const id = ids[Math.min(Math.max(current() + step, 0), ids.length - 1)]
    if (id === undefined) return
    reveal(id)
    focusSoon(listRef.current, id)
  }
  useShortcuts([
    { keys: "j", label: "Next session", run: () => go(1) },
    { keys: "k", label: "Previous session", run: () => go(current() < 0 ? 1 : -1) },
    { keys: "Enter", label: "Open session", run: withCurrent((id) => void navigate({ to: "/sessions/$id", params: { id } })), when: onCard },
    { keys: "p", label: "Pin session, or take the pin away", run: withCurrent(toggle), when: onCard },
    { keys: "Escape", label: "Leave the list", run: () => (document.activeElement as HTMLElement | null)?.blur() },
  ])
}

/** The card may only come into the page with the next frames. */
function focusSoon(list: HTMLElement | null, id: string, tries = 10): void {
  const link = list?.querySelector<HTMLElement>(`li[data-id="${CSS.escape(id)}"] [data-card-link]`)
  if (link) link.focus({ preventScroll: true })
  else if (tries > 0) requestAnimationFrame(() => focusSoon(list, id, tries - 1))
}
