import { useEffect, useEffectEvent, useRef, type ComponentProps } from "react"

import { More } from "./more"
import { scrollerOf } from "./scroll-box"

/** How far before its end a list reads on. */
const AHEAD = "600px"

/** Reads a list on by itself as its end comes near; by a button where that is not to be had, or has failed. */
export function Endless({ query, label }: ComponentProps<typeof More>) {
  const end = useRef<HTMLDivElement>(null)
  const wanted = query.hasNextPage && !query.isFetchingNextPage && !query.isFetchNextPageError
  const readOn = useEffectEvent(() => void query.fetchNextPage())
  useEffect(() => {
    if (!wanted || !end.current || !("IntersectionObserver" in window)) return
    const observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && readOn(), {
      root: scrollerOf(end.current),
      rootMargin: `0px 0px ${AHEAD} 0px`,
    })
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [wanted])
  return (
    <div ref={end} className="flex justify-center">
      <More query={query} label={label} />
    </div>
  )
}
