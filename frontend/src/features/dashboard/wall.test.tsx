import { act, screen, waitFor } from "@testing-library/react"
import { expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aSession, aTeamAtWork } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

const cards = () => screen.findAllByTestId("wall-card")

it("shows what the team shares, by need, and nothing private", async () => {
  const server = new FakeServer()
  server.put(aSession({ id: "a", title: "Alpha", status: "active" }))
  server.put(aSession({ id: "b", title: "Beta", status: "waiting", status_reason: "asks to run a command" }))
  server.put(aSession({ id: "c", title: "Secret plan", visibility: "private", status: "waiting" }))
  server.put(aSession({ id: "d", title: "Over", status: "ended" }))
  const { user, history } = renderApp("/wall", { server })
  const [first, second] = await cards()
  expect([first?.dataset.sessionId, second?.dataset.sessionId]).toEqual(["b", "a"])
  // One's own session waits for its owner by name here: whoever looks at a wall is not "you".
  await waitFor(() => expect(first).toHaveTextContent("Needs anna"))
  expect(screen.queryByText("Secret plan")).toBeNull()
  expect(screen.queryByText("Over")).toBeNull()
  expect(screen.getByRole("list", { name: "How many" })).toHaveTextContent("1waiting1working")
  expect(screen.queryByRole("link")).toBeNull()
  expect(await violations()).toEqual([])
  act(() => void server.change("b", { visibility: "private" }))
  await waitFor(() => expect(screen.queryByText("Beta")).toBeNull())
  await user.keyboard("{Escape}")
  await waitFor(() => expect(history.location.pathname).toBe("/"))
})

it("says how many there is no room for", async () => {
  const server = new FakeServer()
  for (const session of aTeamAtWork(120)) server.put(session)
  renderApp("/wall", { server })
  const shown = (await cards()).length
  const hanging = [...server.sessions.values()].filter((one) => one.visibility !== "private" && one.status !== "ended").length
  expect(shown).toBeLessThan(hanging)
  expect(screen.getByText(`and ${hanging - shown} more`)).toBeVisible()
})

it("names people as the team wants", async () => {
  const server = new FakeServer()
  server.team.settings = { ...server.team.settings, wall_names: "none" }
  server.put(aSession({ id: "a", title: "Alpha", status: "waiting" }))
  renderApp("/wall", { server })
  await waitFor(async () => expect((await cards())[0]).toHaveTextContent("Needs somebody"))
  expect(screen.queryByText(/anna/)).toBeNull()
})

it("is for those signed in", async () => {
  const { history } = renderApp("/wall", { signedIn: false })
  expect(await screen.findByLabelText("Password")).toBeVisible()
  expect(history.location.search).toContain("next=%2Fwall")
})
