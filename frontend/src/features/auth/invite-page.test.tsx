import { screen, waitFor } from "@testing-library/react"
import { expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aUser, TEAM } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { anInvite } from "@/testing/fake-team"
import { renderApp } from "@/testing/render-app"

const LINK = "/invite#secret-one"

function inviting(part: Parameters<typeof anInvite>[1] = {}, user = aUser({ id: "user-eve", email: "eve@elsewhere.example", username: "eve", team_id: null, role: null })) {
  const server = new FakeServer({ user, password: "correct horse" })
  server.team.invites = [anInvite("one", part)]
  return server
}

it("makes an account in the team that invites, with the role it offers", async () => {
  const { user, server } = renderApp(LINK, { server: inviting({ role: "viewer" }), signedIn: false })
  expect(await screen.findByRole("heading", { name: "Join Harbour", level: 1 })).toBeVisible()
  expect(screen.getByText(/You join as a viewer/)).toBeVisible()
  await user.type(screen.getByLabelText("Email"), "nora@harbour.example")
  await user.type(screen.getByLabelText("User name"), "nora")
  await user.type(screen.getByLabelText("Password"), "a long sentence")
  expect(await violations()).toEqual([])
  await user.click(screen.getByRole("button", { name: "Create account and join" }))
  expect(await screen.findByRole("heading", { name: "Dashboard", level: 1 })).toBeVisible()
  expect(server.accounts.get("nora@harbour.example")?.user).toMatchObject({ team_id: TEAM.id, role: "viewer" })
})

it("lets who has an account sign in here and join", async () => {
  const { user, server, history } = renderApp(LINK, { server: inviting(), signedIn: false })
  await user.click(await screen.findByRole("button", { name: "Sign in and join" }))
  await user.type(screen.getByLabelText("Email"), "eve@elsewhere.example")
  await user.type(screen.getByLabelText("Password"), "correct horse")
  await user.click(screen.getByRole("button", { name: "Sign in" }))
  await user.click(await screen.findByRole("button", { name: "Join Harbour" }))
  await waitFor(() => expect(history.location.pathname).toBe("/"))
  expect(server.accounts.get("eve@elsewhere.example")?.user.team_id).toBe(TEAM.id)
})

it("is for the address that it was sent to", async () => {
  const { user, server } = renderApp(LINK, { server: inviting({ email: "nora@harbour.example" }), signedIn: false })
  expect(await screen.findByLabelText("Email")).toHaveValue("nora@harbour.example")
  expect(screen.getByLabelText("Email")).toHaveAttribute("readonly")
  expect(screen.getByLabelText("User name")).toHaveFocus()
  await user.type(screen.getByLabelText("User name"), "nora")
  await user.type(screen.getByLabelText("Password"), "a long sentence")
  await user.click(screen.getByRole("button", { name: "Create account and join" }))
  await waitFor(() => expect(server.accounts.get("nora@harbour.example")?.user.team_id).toBe(TEAM.id))
})

it("says so to whoever is signed in with another address, and lets them out", async () => {
  const { user } = renderApp(LINK, { server: inviting({ email: "nora@harbour.example" }, aUser({ team_id: null, role: null })) })
  expect(await screen.findByRole("heading", { name: "This invitation is for nora@harbour.example" })).toBeVisible()
  expect(screen.getByText(/You are signed in as anna@harbour.example/)).toBeVisible()
  expect(await violations()).toEqual([])
  await user.click(screen.getByRole("button", { name: "Sign out and go on" }))
  expect(await screen.findByLabelText("Email")).toHaveValue("nora@harbour.example")
})

it("does not mind how the address is spelled", async () => {
  renderApp(LINK, { server: inviting({ email: "Anna@Harbour.example" }, aUser({ team_id: null, role: null })) })
  expect(await screen.findByRole("button", { name: "Join Harbour" })).toBeVisible()
})

it("says so to who is in the team already", async () => {
  const { user } = renderApp(LINK, { server: inviting({}, aUser()) })
  await user.click(await screen.findByRole("button", { name: "Join Harbour" }))
  expect(await screen.findByRole("alert")).toHaveTextContent("You are in this team already.")
  expect(screen.getByRole("link", { name: "Go to the dashboard" })).toBeVisible()
})

it.each([
  ["expired", "This invitation has expired"],
  ["used_up", "This invitation has been used"],
] as const)("says why an invitation that is %s brings nobody in", async (state, words) => {
  renderApp(LINK, { server: inviting({ state }), signedIn: false })
  expect(await screen.findByRole("heading", { name: words })).toBeVisible()
})

it("does not take any link for an invitation", async () => {
  renderApp("/invite#made-up", { server: inviting(), signedIn: false })
  expect(await screen.findByRole("heading", { name: "This link is no invitation" })).toBeVisible()
})

it("reads the invitation again where the server failed", async () => {
  const server = inviting()
  server.failing.set("/api/auth/invites", 400)
  const { user } = renderApp(LINK, { server, signedIn: false })
  expect(await screen.findByText("c0ffee-4242")).toBeVisible()
  server.failing.clear()
  await user.click(await screen.findByRole("button", { name: "Try again" }))
  expect(await screen.findByRole("heading", { name: "Join Harbour" })).toBeVisible()
})
