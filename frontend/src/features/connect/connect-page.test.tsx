import { act, screen, waitFor } from "@testing-library/react"
import { expect, it } from "vitest"

import { aSession } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

it("prints the exact line to paste, with a token that may only report", async () => {
  const { user, server } = renderApp("/connect")
  await user.click(await screen.findByRole("button", { name: "Show the line to paste" }))
  expect(await screen.findByTestId("connect-line")).toHaveTextContent(
    /^python -m llm_session_manager\.cli agent --dashboard-url http:\/\/localhost:3000 --token lsm_\S+$/,
  )
  expect(server.agents.tokens[0]?.scopes).toEqual(["agent"])
})

it("connects this very machine where the server says it can", async () => {
  const server = new FakeServer()
  server.agents.localAgent = true
  const { user } = renderApp("/connect", { server })
  await user.click(await screen.findByRole("button", { name: "Connect this machine" }))
  expect(await screen.findByText(/The agent of this machine runs/)).toBeVisible()
  expect(server.agents.localRuns).toBe(true)
})

it("offers no button where it cannot", async () => {
  renderApp("/connect")
  await screen.findByRole("button", { name: "Show the line to paste" })
  expect(screen.queryByRole("button", { name: "Connect this machine" })).toBeNull()
})

it("ticks its list by itself", async () => {
  const { server } = renderApp("/connect")
  const step = (name: string) => screen.getByTestId(`step-${name}`).dataset.done
  await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
  expect([step("agent"), step("session"), step("share")]).toEqual(["false", "false", "false"])
  act(() => server.put(aSession({ id: "one", visibility: "private" })))
  await waitFor(() => expect([step("agent"), step("session"), step("share")]).toEqual(["true", "true", "false"]))
  act(() => void server.change("one", { visibility: "team" }))
  await waitFor(() => expect(step("share")).toBe("true"))
})
