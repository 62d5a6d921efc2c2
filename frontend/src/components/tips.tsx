import { useEffect, useState } from "react"

interface Tip {
  text: string
  x: number
  y: number
  above: boolean
}

const DELAY_MS = 350
const MARGIN = 8

/**
 * One layer that explains whatever carries `data-tip`, on hover and on keyboard focus. One for the whole page, because
 * a thousand cards with six numbers each must not mean six thousand tooltips.
 */
export function Tips() {
  const [tip, setTip] = useState<Tip | null>(null)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let shownFor: Element | null = null
    const show = (event: Event) => {
      const target = event.target instanceof Element ? event.target.closest("[data-tip]") : null
      if (target === shownFor) return
      clearTimeout(timer)
      shownFor = target
      if (!target) return setTip(null)
      timer = setTimeout(() => setTip(place(target)), event.type === "focusin" ? 0 : DELAY_MS)
    }
    const hide = (event: Event) => {
      if (event instanceof KeyboardEvent && event.key !== "Escape") return
      clearTimeout(timer)
      shownFor = null
      setTip(null)
    }
    const focus = (event: FocusEvent) => {
      if (event.target instanceof Element && event.target.matches(":focus-visible")) show(event)
    }
    const ends = ["pointerdown", "scroll", "keydown", "focusout"] as const
    document.addEventListener("pointerover", show)
    document.addEventListener("focusin", focus)
    for (const name of ends) document.addEventListener(name, hide, { capture: true, passive: true })
    return () => {
      clearTimeout(timer)
      document.removeEventListener("pointerover", show)
      document.removeEventListener("focusin", focus)
      for (const name of ends) document.removeEventListener(name, hide, { capture: true })
    }
  }, [])
  if (!tip?.text) return null
  return (
    <div
      role="tooltip"
      className="pointer-events-none fixed z-50 max-w-72 animate-appear rounded-md border border-line bg-raised px-2.5 py-1.5 text-meta whitespace-pre-line shadow-floating"
      style={{ left: tip.x, top: tip.y, transform: `translate(-50%, ${tip.above ? "-100%" : "0"})` }}
    >
      {tip.text}
    </div>
  )
}

function place(target: Element): Tip {
  const box = target.getBoundingClientRect()
  const above = box.bottom + 90 > window.innerHeight
  const half = Math.min(144, window.innerWidth / 2 - MARGIN)
  const middle = box.left + box.width / 2
  return {
    text: target.getAttribute("data-tip") ?? "",
    x: Math.min(Math.max(middle, half + MARGIN), window.innerWidth - half - MARGIN),
    y: above ? box.top - 6 : box.bottom + 6,
    above,
  }
}
