import { useLayoutEffect, useState, type RefObject } from "react"

/** The part of the page that scrolls and holds this element. */
export function scrollerOf(element: HTMLElement | null): HTMLElement | null {
  return element?.closest<HTMLElement>("[data-scroller]") ?? null
}

/** Width of a list, how far down its scroller it begins, and the size of a rem now; for lists that draw only what is in sight. */
export function useScrollBox(listRef: RefObject<HTMLElement | null>) {
  const [box, setBox] = useState({ width: 0, margin: 0, rem: 16 })
  useLayoutEffect(() => {
    const list = listRef.current
    const scroller = scrollerOf(list)
    if (!list || !scroller) return
    const measure = () => {
      const margin = list.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16
      const next = { width: list.offsetWidth, margin: Math.round(margin), rem }
      setBox((held) => (JSON.stringify(held) === JSON.stringify(next) ? held : next))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(list)
    observer.observe(scroller)
    if (list.parentElement) observer.observe(list.parentElement)
    measure()
    return () => observer.disconnect()
  }, [listRef])
  return box
}
