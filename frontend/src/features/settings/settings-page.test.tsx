import { screen, waitFor, within } from "@testing-library/react"
import { expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { renderApp } from "@/testing/render-app"

it("shows a new token once, lists it, and revokes it", async () => {
  const { user, server } = renderApp("/settings")
  await user.click(await screen.findByRole("button", { name: "New token" }))
  await user.type(await screen.findByLabelText("Name"), "Nightly report")
  await user.click(screen.getByRole("button", { name: "Create token" }))
  expect(await screen.findByText(/^lsm_/)).toBeVisible()
  await user.click(screen.getByRole("button", { name: "Done" }))
  expect(screen.queryByText(/^lsm_/)).toBeNull()
  await user.click(await screen.findByRole("button", { name: "Revoke Nightly report" }))
  await user.click(screen.getByRole("button", { name: "Revoke for good" }))
  await waitFor(() => expect(server.tokens).toEqual([]))
  expect(await screen.findByText("“Nightly report” is revoked")).toBeVisible()
})

it("shows who one is, in which team", async () => {
  renderApp("/settings")
  const account = await screen.findByRole("region", { name: "Account" })
  await waitFor(() => expect(account).toHaveTextContent("Harbour"))
  expect(within(account).getByText("anna@harbour.example")).toBeVisible()
  expect(await violations()).toEqual([])
})

it("changes the theme at once and remembers it", async () => {
  const { user } = renderApp("/settings")
  await user.click(await screen.findByRole("button", { name: "Dark" }))
  expect(document.documentElement.dataset.theme).toBe("dark")
  expect(localStorage.getItem("theme")).toBe("dark")
  await user.click(screen.getByRole("button", { name: "System" }))
  expect(document.documentElement.dataset.theme).toBe("light")
  expect(localStorage.getItem("theme")).toBeNull()
})
