import { act, screen, waitFor } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aSession } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

async function open() {
  const server = new FakeServer()
  server.put(aSession({ id: "one", title: "Retry payments" }))
  renderApp("/sessions/one", { server })
  await live()
  return server
}

const live = () => waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))

describe("who else looks at a session", () => {
  it("comes and goes", async () => {
    const server = await open()
    expect(screen.queryByTestId("lookers")).toBeNull()
    act(() => server.look("one", "Ben"))
    expect(await screen.findByText("Ben is looking too")).toBeVisible()
    expect(await violations()).toEqual([])
    act(() => server.look("one", "Ben", "Chiara"))
    expect(await screen.findByText("Ben and Chiara are looking too")).toBeVisible()
    act(() => server.look("one"))
    await waitFor(() => expect(screen.queryByTestId("lookers")).toBeNull())
  })

  it("is unknown while the connection is lost, and told anew after it", async () => {
    const server = await open()
    act(() => server.look("one", "Ben"))
    await screen.findByText("Ben is looking too")
    act(() => server.cutSockets())
    await waitFor(() => expect(screen.queryByTestId("lookers")).toBeNull())
    await live()
    expect(screen.queryByTestId("lookers")).toBeNull()
    act(() => server.look("one", "Chiara"))
    expect(await screen.findByText("Chiara is looking too")).toBeVisible()
  })
})
