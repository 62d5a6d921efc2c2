import { act, screen, waitFor } from "@testing-library/react"
import { afterEach, expect, it, vi } from "vitest"

import { problem } from "@/testing/answers"
import { violations } from "@/testing/axe"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

const SAID = /Too many requests in a short time/

/** A server that answers 429 under these paths until it is told otherwise. */
class BusyServer extends FakeServer {
  private readonly plain = this.fetch
  readonly asked: string[] = []
  private busy: string[]

  constructor(...busy: string[]) {
    super()
    this.busy = busy
    Object.defineProperty(this, "fetch", { value: (request: Request) => this.slowly(request) })
  }

  calm(): void {
    this.busy = []
  }

  private slowly(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (!this.busy.some((path) => pathname.startsWith(path))) return this.plain(request)
    this.asked.push(pathname)
    const answer = problem(429, "too_many", "Too many requests: wait a moment.")
    answer.headers.set("Retry-After", "42")
    return Promise.resolve(answer)
  }
}

afterEach(() => {
  vi.useRealTimers()
})

it("says that the page waits, asks nothing meanwhile, and goes on by itself", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const server = new BusyServer("/api/teams/")
  renderApp("/settings/team", { server })
  expect(await screen.findByText(SAID)).toBeVisible()
  expect(screen.getByText(/in 4\d s/)).toBeVisible()
  const asked = server.asked.length
  await act(() => vi.advanceTimersByTimeAsync(30_000))
  expect(server.asked).toHaveLength(asked)
  server.calm()
  await act(() => vi.advanceTimersByTimeAsync(14_000))
  expect(await screen.findByText("Europe/Berlin")).toBeVisible()
  expect(screen.queryByText(SAID)).toBeNull()
})

it("says so to everybody", async () => {
  renderApp("/settings/team", { server: new BusyServer("/api/teams/") })
  expect((await screen.findByText(SAID)).closest("[role=status]")).not.toBeNull()
  expect(await violations()).toEqual([])
})

it("waits with the way in, too, and signs nobody out", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const server = new BusyServer("/api/auth/refresh")
  const { composition } = renderApp("/", { server })
  expect(await screen.findByText("The dashboard asks to wait")).toBeVisible()
  await expect(composition.api.auth.renew()).rejects.toMatchObject({ status: 429 })
  expect(server.asked).toHaveLength(1)
  server.calm()
  await act(() => vi.advanceTimersByTimeAsync(43_000))
  await waitFor(() => expect(screen.getByRole("heading", { name: "Dashboard", level: 1 })).toBeVisible())
})
