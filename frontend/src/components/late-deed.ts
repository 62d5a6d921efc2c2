import { Problem } from "@/api/problem"

import { sentence } from "./form"
import { useToast } from "./toasts"

interface Deed {
  /** What the person is told, with the way back beside it. */
  said: string
  /** Where it could not be done after all. */
  failed: string
  hide: () => void
  show: () => void
  /** Does it for good. Is called even while the page is being left. */
  send: () => Promise<void>
}

/**
 * Does what cannot be undone as the person sees it at once, and for good when the way back has passed: when the message
 * goes, or the page is left. What is gone already counts as done.
 */
export function useLateDeed(): (deed: Deed) => void {
  const say = useToast()
  return ({ said, failed, hide, show, send }) => {
    let settled = false
    const settle = () => {
      if (settled) return false
      settled = true
      window.removeEventListener("pagehide", commit)
      return true
    }
    const finish = async () => {
      try {
        await send()
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return
        show()
        say(`${failed} ${sentence(error)}`)
      }
    }
    const commit = () => {
      if (settle()) void finish()
    }
    hide()
    window.addEventListener("pagehide", commit)
    say(said, () => settle() && show(), commit)
  }
}
