import { useState } from "react"

/**
 * Gives the focus back to where it was before a layer opened: a handler for the layer's `onCloseAutoFocus`. The layer's
 * own memory comes too late where one of its fields takes the focus as it appears.
 */
export function useOpener(open: boolean): (event: Event) => void {
  const [was, setWas] = useState({ open: false, opener: null as HTMLElement | null })
  // Kept while the layer goes away: it asks as the last thing it does.
  if (open !== was.open) setWas({ open, opener: open ? holder() : was.opener })
  const { opener } = was
  return (event) => {
    if (!opener?.isConnected) return
    event.preventDefault()
    opener.focus()
  }
}

/** What has the focus; of a menu's item, which goes with its menu, what opened the menu. */
function holder(): HTMLElement {
  const active = document.activeElement instanceof HTMLElement ? document.activeElement : document.body
  const menu = active.closest("[role=menu]")
  return (menu && document.querySelector<HTMLElement>(`[aria-controls="${menu.id}"]`)) ?? active
}
