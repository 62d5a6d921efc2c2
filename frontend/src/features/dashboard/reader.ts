const QUIET_MS = 5_000

/**
 * Whether somebody is at the list right now. Nothing may move under their pointer or their focus; when nobody is
 * there, the page on a wall must still show the newest order.
 */
export class Reader {
  private touched = 0
  private over = false

  constructor(
    private readonly list: HTMLElement,
    private readonly scroller: HTMLElement,
  ) {}

  /** Returns what ends it. */
  listen(): () => void {
    const touch = () => (this.touched = Date.now())
    const enter = () => (this.over = true)
    const leave = () => (this.over = false)
    const names = ["pointermove", "pointerdown", "keydown", "wheel"] as const
    for (const name of names) document.addEventListener(name, touch, { passive: true })
    this.list.addEventListener("pointerenter", enter)
    this.list.addEventListener("pointerleave", leave)
    return () => {
      for (const name of names) document.removeEventListener(name, touch)
      this.list.removeEventListener("pointerenter", enter)
      this.list.removeEventListener("pointerleave", leave)
    }
  }

  isReading(): boolean {
    if (document.hidden) return false
    const focused = this.list.contains(document.activeElement)
    return this.over || focused || this.scroller.scrollTop > 0 || Date.now() - this.touched < QUIET_MS
  }
}
