import "@testing-library/jest-dom/vitest"

import { cleanup, configure } from "@testing-library/react"
import { afterEach, beforeEach, expect, vi } from "vitest"

// What jsdom has no layout for. Lists that draw only what is in sight need a size to see anything.
class StillObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

Object.assign(globalThis, { ResizeObserver: StillObserver })
for (const name of ["offsetWidth", "clientWidth"]) size(name, 1200)
for (const name of ["offsetHeight", "clientHeight"]) size(name, 800)
configure({ asyncUtilTimeout: 10_000 })
HTMLElement.prototype.getBoundingClientRect = () => new DOMRect(0, 0, 1200, 800)
// Nothing here has styles but its own. To look for others, for all that is around it, takes most of a test's time.
window.getComputedStyle = (element) => (element as HTMLElement).style
HTMLCanvasElement.prototype.getContext = () => null
Object.assign(window, {
  matchMedia: (query: string) => ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined }),
  scrollTo: () => undefined,
})
Object.assign(Element.prototype, {
  scrollTo: () => undefined,
  scrollIntoView: () => undefined,
  hasPointerCapture: () => false,
  releasePointerCapture: () => undefined,
})

function size(name: string, value: number): void {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value })
}

let complaints: unknown[][] = []

beforeEach(() => {
  localStorage.clear()
  complaints = []
  for (const kind of ["error", "warn"] as const) vi.spyOn(console, kind).mockImplementation((...words) => void complaints.push(words))
})

afterEach(() => {
  cleanup()
  // A warning of React or of a library is a fault of ours.
  expect(complaints).toEqual([])
})
