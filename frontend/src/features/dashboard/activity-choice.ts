import { useState } from "react"

import { kept } from "@/lib/kept"

const KEY = "activity"

/** Whether the team's activity stands beside the sessions: as the person left it; at first where there is room. */
export function useActivityChoice(): { shown: boolean; show: (shown: boolean) => void } {
  const [shown, setShown] = useState(startsShown)
  const show = (next: boolean) => {
    setShown(next)
    kept.setItem(KEY, next ? "shown" : "hidden")
  }
  return { shown, show }
}

function startsShown(): boolean {
  const held = kept.getItem(KEY)
  return held === null ? matchMedia("(min-width: 1600px)").matches : held === "shown"
}
