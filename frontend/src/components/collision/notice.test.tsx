import { act, screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aSession } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

const here = { repository: "harbour/shop-api", files_changed: 1, status: "active" } as const

function atWork(part: Parameters<typeof aSession>[0] = {}) {
  const server = new FakeServer()
  server.put(aSession({ id: "mine", title: "Retry payments", ...here }))
  server.put(aSession({ id: "bens", title: "Round prices", user_id: "user-ben", username: "Ben", ...here, ...part }))
  server.paths.set("mine", ["src/app.py", "README.md"]).set("bens", ["src/app.py"])
  return server
}

const card = (id: string) => {
  const found = screen.getAllByTestId("session-card").find((one) => one.dataset.sessionId === id)
  if (!found) throw new Error(`no card of ${id}`)
  return found
}

describe("two people changing one file", () => {
  it("shows on both cards, until it is dismissed on one of them", async () => {
    const { user } = renderApp("/", { server: atWork() })
    expect(await screen.findByText("Ben changes app.py too")).toBeVisible()
    expect(within(card("bens")).getByText("You change app.py too")).toBeVisible()
    expect(await violations()).toEqual([])
    await user.click(within(card("mine")).getByRole("button", { name: "Dismiss this notice" }))
    await waitFor(() => expect(screen.queryByTestId("collision")).toBeNull())
  })

  it("shows on the page of either, with the way to the other, and goes with the other's end", async () => {
    const server = atWork({ id: "chiaras", user_id: "user-chiara", username: "Chiara" })
    server.paths.set("chiaras", ["src/app.py"])
    const { user } = renderApp("/sessions/mine", { server })
    const notice = await screen.findByTestId("collision")
    expect(notice).toHaveTextContent("Chiara changes src/app.py too")
    expect(await violations()).toEqual([])
    await user.click(within(notice).getByRole("link", { name: "Chiara’s session" }))
    expect(await screen.findByRole("heading", { name: "Round prices", level: 1 })).toBeVisible()
    expect(await screen.findByTestId("collision")).toHaveTextContent("You change src/app.py too")
    act(() => void server.change("mine", { status: "ended" }))
    await waitFor(() => expect(screen.queryByTestId("collision")).toBeNull(), { timeout: 3_000 })
  })
})
