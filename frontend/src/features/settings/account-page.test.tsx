import { screen, waitFor, within } from "@testing-library/react"
import { expect, it, vi } from "vitest"

import { violations } from "@/testing/axe"
import { FakeServer } from "@/testing/fake-server"
import { aLogin } from "@/testing/fake-team"
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
  await waitFor(() => expect(server.agents.tokens).toEqual([]))
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

it("changes the user name, and takes it back", async () => {
  const { user, server } = renderApp("/settings")
  await user.click(await screen.findByRole("button", { name: "Change user name" }))
  const field = await screen.findByLabelText("User name")
  await user.clear(field)
  await user.type(field, "annika")
  await user.click(screen.getByRole("button", { name: "Save" }))
  expect(await screen.findByText("Your user name is annika")).toBeVisible()
  await user.click(await screen.findByRole("button", { name: "Undo" }))
  await waitFor(() => expect(server.accounts.get("anna@harbour.example")?.user.username).toBe("anna"))
})

it("changes the password only with the one of now", async () => {
  const { user, server } = renderApp("/settings")
  await user.click(await screen.findByRole("button", { name: "Change password" }))
  await user.type(await screen.findByLabelText("New password"), "a long sentence")
  await user.type(screen.getByLabelText("Current password"), "wrong")
  await user.click(screen.getByRole("button", { name: "Save" }))
  expect(await screen.findByText("is not your password")).toBeVisible()
  expect(await violations()).toEqual([])
  await user.clear(screen.getByLabelText("Current password"))
  await user.type(screen.getByLabelText("Current password"), "correct horse")
  await user.click(screen.getByRole("button", { name: "Save" }))
  expect(await screen.findByText("Your password is changed")).toBeVisible()
  expect(server.accounts.get("anna@harbour.example")?.password).toBe("a long sentence")
})

it("ends one sign-in elsewhere, or all", async () => {
  const server = new FakeServer()
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Mobile Safari/604.1"
  const tablet = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
  server.team.logins.push(aLogin("phone", { label: phone }), aLogin("tablet", { label: tablet }), aLogin("third", { label: tablet }))
  const { user } = renderApp("/settings", { server })
  await user.click(await screen.findByRole("button", { name: "Sign out Safari on iOS" }))
  expect(await screen.findByText("Safari on iOS is signed out")).toBeVisible()
  await user.click(await screen.findByRole("button", { name: "Sign out everywhere else" }))
  expect(screen.getByText("2 sign-ins will end.")).toBeVisible()
  await user.click(screen.getByRole("button", { name: "Sign out there" }))
  expect(await screen.findByText("You are signed in only here now")).toBeVisible()
  expect(server.team.logins.map((login) => login.id)).toEqual(["here"])
})

it("downloads everything as one file, and says when it cannot", async () => {
  const saved: Blob[] = []
  vi.spyOn(URL, "createObjectURL").mockImplementation((content) => (saved.push(content as Blob), "blob:x"))
  vi.spyOn(URL, "revokeObjectURL").mockReturnValue(undefined)
  const names: string[] = []
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    names.push(this.download)
  })
  const { user, server } = renderApp("/settings")
  const button = await screen.findByRole("button", { name: "Download my data" })
  await user.click(button)
  await waitFor(() => expect(saved).toHaveLength(1))
  expect(names).toEqual([expect.stringMatching(/^my-data-\d{4}-\d\d-\d\d\.json$/)])
  expect(server.requests.filter((one) => one.endsWith("/export"))).toEqual(["GET /api/auth/me/export", "GET /api/sessions/mine/export", "GET /api/insights/mine/export"])

  server.failing.set("/api/sessions/mine", 503)
  await user.click(button)
  expect(await screen.findByText(/^Error 503/)).toBeVisible()
  expect(saved).toHaveLength(1)
})

it("deletes the account once its name was typed", async () => {
  const { user, server } = renderApp("/settings")
  await user.click(await screen.findByRole("button", { name: "Delete account" }))
  const remove = await screen.findByRole("button", { name: "Delete my account for good" })
  await user.type(screen.getByLabelText("Password"), "correct horse")
  expect(remove).toBeDisabled()
  await user.type(screen.getByLabelText("Type anna to go on"), "anna")
  await user.click(remove)
  expect(await screen.findByRole("heading", { name: "Sign in", level: 1 })).toBeVisible()
  expect(server.accounts.size).toBe(0)
})
