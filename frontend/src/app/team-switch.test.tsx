import { screen, waitFor, within } from "@testing-library/react"
import { expect, it } from "vitest"

import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"
import { aSession } from "@/testing/builders"

it("goes to another of the person's teams, and leaves nothing of the first on the page", async () => {
  const server = new FakeServer()
  server.team.others = [{ id: "team-2", name: "Lighthouse", role: "admin", created_at: "2026-05-02T08:00:00Z" }]
  server.put(aSession({ id: "one", title: "Retry payments" }))
  const { user, composition, history } = renderApp("/sessions/one", { server })
  await screen.findByRole("heading", { name: "Retry payments", level: 1 })
  await user.click(screen.getByTestId("team-name"))
  await user.click(await screen.findByRole("menuitemradio", { name: /Lighthouse/ }))
  await waitFor(() => expect(history.location.pathname).toBe("/"))
  expect(server.accounts.get("anna@harbour.example")?.user.team_id).toBe("team-2")
  expect([...composition.api.sessions.ids("team:team-1")]).toEqual([])
})

it("makes another team and goes there", async () => {
  const { user, server } = renderApp("/")
  await user.click(await screen.findByTestId("team-name"))
  expect(screen.queryByText("Your teams")).toBeNull()
  await user.click(await screen.findByRole("menuitem", { name: "Create a team" }))
  const dialog = within(await screen.findByRole("dialog", { name: "Create a team" }))
  await user.type(await dialog.findByLabelText("Team name"), "Lighthouse")
  await user.click(dialog.getByRole("button", { name: "Create team" }))
  expect(await screen.findByText("You are in Lighthouse now")).toBeVisible()
  expect(server.accounts.get("anna@harbour.example")?.user.team_id).toBe("team-2")
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
})
