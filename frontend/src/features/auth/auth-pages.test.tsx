import { screen, waitFor } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

const newcomer = (path: string, server = new FakeServer()) => renderApp(path, { server, signedIn: false })

describe("sign in", () => {
  it("leads to where the person wanted to go", async () => {
    const { user, history } = newcomer("/settings")
    await user.type(await screen.findByLabelText("Email"), "anna@harbour.example")
    await user.type(screen.getByLabelText("Password"), "correct horse")
    await user.click(screen.getByRole("button", { name: "Sign in" }))
    expect(await screen.findByRole("heading", { name: "Settings", level: 1 })).toBeVisible()
    expect(history.location.pathname).toBe("/settings")
  })

  it("says what was wrong, and stays", async () => {
    const { user } = newcomer("/sign-in")
    await user.type(await screen.findByLabelText("Email"), "anna@harbour.example")
    await user.type(screen.getByLabelText("Password"), "wrong")
    await user.click(screen.getByRole("button", { name: "Sign in" }))
    expect(await screen.findByRole("alert")).toHaveTextContent("The email or the password is wrong.")
  })

  it("leads nowhere but to this very site", async () => {
    const { user, history } = newcomer("/sign-in?next=//evil.example/")
    await user.type(await screen.findByLabelText("Email"), "anna@harbour.example")
    await user.type(screen.getByLabelText("Password"), "correct horse")
    await user.click(screen.getByRole("button", { name: "Sign in" }))
    expect(await screen.findByRole("heading", { name: "Dashboard", level: 1 })).toBeVisible()
    expect(history.location.href).toBe("/")
  })

  it("asks the server nothing for a newcomer", async () => {
    const { server } = newcomer("/")
    await screen.findByLabelText("Email")
    expect(server.requests).toEqual([])
  })

  it("has no fault that axe can find", async () => {
    newcomer("/sign-in")
    await screen.findByLabelText("Email")
    expect(await violations()).toEqual([])
  })
})

describe("register", () => {
  it("makes an account and goes on to connecting a machine", async () => {
    const { user, server } = newcomer("/register")
    await user.type(await screen.findByLabelText("Email"), "nora@harbour.example")
    await user.type(screen.getByLabelText("User name"), "nora")
    await user.type(screen.getByLabelText("Password"), "a long sentence")
    await user.type(screen.getByLabelText("Team name"), "Harbour")
    await user.click(screen.getByRole("button", { name: "Create account" }))
    expect(await screen.findByRole("heading", { name: "Connect a machine", level: 1 })).toBeVisible()
    expect(server.accounts.has("nora@harbour.example")).toBe(true)
    expect(await violations()).toEqual([])
  })

  it("keeps what was typed when the server refuses", async () => {
    const { user } = newcomer("/register")
    await user.type(await screen.findByLabelText("Email"), "anna@harbour.example")
    await user.type(screen.getByLabelText("User name"), "anna")
    await user.type(screen.getByLabelText("Password"), "a long sentence")
    await user.type(screen.getByLabelText("Team name"), "Harbour")
    await user.click(screen.getByRole("button", { name: "Create account" }))
    expect(await screen.findByRole("alert")).toHaveTextContent("There is an account with this email.")
    expect(screen.getByLabelText("Team name")).toHaveValue("Harbour")
  })
})

describe("coming back", () => {
  it("needs no password while the cookie is good", async () => {
    renderApp("/")
    expect(await screen.findByRole("heading", { name: "Dashboard", level: 1 })).toBeVisible()
  })

  it("says so when the server gives no answer, and tries again", async () => {
    const server = new FakeServer()
    server.failing.set("/api/auth/refresh", 503)
    const { user } = renderApp("/", { server })
    expect(await screen.findByText("c0ffee-4242")).toBeVisible()
    server.failing.clear()
    await user.click(screen.getByRole("button", { name: "Try again" }))
    expect(await screen.findByRole("heading", { name: "Dashboard", level: 1 })).toBeVisible()
  })

  it("replaces an expired access token once, unseen", async () => {
    const { server, composition } = renderApp("/")
    await screen.findByRole("heading", { name: "Dashboard", level: 1 })
    server.expireTokens()
    server.requests.length = 0
    const { data } = await composition.api.client.GET("/api/auth/me")
    expect(data?.username).toBe("anna")
    expect(server.requests).toEqual(["GET /api/auth/me", "POST /api/auth/refresh", "GET /api/auth/me"])
  })

  it("leaves nothing behind after signing out", async () => {
    const { user, server, composition } = renderApp("/settings")
    await user.click(await screen.findByRole("button", { name: "Sign out" }))
    expect(await screen.findByLabelText("Password")).toBeVisible()
    expect(server.requests).toContain("POST /api/auth/logout")
    await waitFor(() => expect(composition.queries.getQueryCache().getAll()).toEqual([]))
    expect(await composition.api.auth.token()).toBeNull()
  })
})
