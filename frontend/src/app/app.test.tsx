import { act, screen } from "@testing-library/react"
import { expect, it } from "vitest"

import { renderApp } from "@/testing/render-app"

it("says that an unknown address leads nowhere, and where to go", async () => {
  const { user } = renderApp("/nowhere/at/all")
  expect(await screen.findByRole("heading", { name: "There is no such page" })).toBeVisible()
  expect(screen.getByText("/nowhere/at/all")).toBeVisible()
  await user.click(screen.getByRole("link", { name: "Go to the dashboard" }))
  expect(await screen.findByRole("heading", { name: "Dashboard", level: 1 })).toBeVisible()
})

it("shows the team's name on the rail, and only pages that exist", async () => {
  renderApp("/")
  expect(await screen.findByText("Harbour")).toBeInTheDocument()
  const places = screen.getAllByRole("link").map((link) => link.getAttribute("href"))
  expect(places).toEqual(expect.arrayContaining(["/", "/analytics", "/insights", "/settings"]))
})

it("signs the person out everywhere when the server no longer knows them", async () => {
  const { composition, server } = renderApp("/")
  await screen.findByRole("heading", { name: "Dashboard", level: 1 })
  server.expireTokens()
  server.failing.set("/api/auth/refresh", 401)
  await act(async () => {
    await composition.api.auth.renew()
  })
  expect(await screen.findByLabelText("Password")).toBeVisible()
})
