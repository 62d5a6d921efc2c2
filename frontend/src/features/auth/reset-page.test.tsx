import { act, screen, waitFor } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

const EMAIL = "anna@harbour.example"
const stranger = (path: string, server = new FakeServer()) => renderApp(path, { server, signedIn: false })

describe("asking for a new password", () => {
  it("is a press away from the sign-in, and says the same for every address", async () => {
    const { user, server } = stranger("/sign-in")
    await user.click(await screen.findByRole("link", { name: "Forgot password" }))
    for (const [count, email] of [EMAIL, "nobody@harbour.example"].entries()) {
      expect(await screen.findByRole("heading", { name: "Reset password", level: 1 })).toBeVisible()
      await user.type(await screen.findByLabelText("Email"), email)
      await user.click(screen.getByRole("button", { name: "Send the link" }))
      expect(await screen.findByRole("heading", { name: "Look into your mail", level: 1 })).toBeVisible()
      expect(screen.getByRole("status")).toHaveTextContent(`If there is an account with ${email}, a letter with a link is on its way to it.`)
      expect(server.mail.resets.size).toBe(1)
      if (count === 0) await user.click(screen.getByRole("button", { name: "Ask again" }))
    }
    expect(await violations()).toEqual([])
  })

  it("is done by keyboard alone", async () => {
    const server = new FakeServer()
    server.mail.resets.set("good", EMAIL)
    const { user, history } = stranger("/sign-in", server)
    await screen.findByLabelText("Email")
    while (document.activeElement?.textContent !== "Forgot password") await user.tab()
    await user.keyboard("{Enter}")
    await waitFor(() => expect(screen.getByRole("heading", { name: "Reset password" }).className).not.toContain("sr-only"))
    expect(screen.getByLabelText("Email")).toHaveFocus()
    await user.keyboard(`${EMAIL}{Enter}`)
    expect(await screen.findByRole("heading", { name: "Look into your mail" })).toBeVisible()
    act(() => history.push("/reset#good"))
    expect(await screen.findByLabelText("New password")).toHaveFocus()
    await user.keyboard("a quiet mountain lake{Enter}")
    expect(await screen.findByRole("heading", { name: "Your password is changed" })).toBeVisible()
    await user.tab()
    expect(screen.getByRole("link", { name: "Sign in" })).toHaveFocus()
  })

  it("says what helps on a server that sends no mail", async () => {
    const server = new FakeServer()
    server.mail.enabled = false
    stranger("/reset", server)
    expect(await screen.findByRole("heading", { name: "This server sends no mail" })).toBeVisible()
    expect(screen.getByLabelText("The command")).toHaveTextContent("python -m services user reset EMAIL")
    expect(screen.queryByLabelText("Email")).toBeNull()
    expect(await violations()).toEqual([])
  })

  it("says how long to wait when there were too many", async () => {
    const server = new FakeServer()
    const { user } = stranger("/reset", server)
    await user.type(await screen.findByLabelText("Email"), EMAIL)
    server.failing.set("/api/auth/reset", 429)
    await user.click(screen.getByRole("button", { name: "Send the link" }))
    expect(await screen.findByRole("alert")).toHaveTextContent("Too many tries.")
  })

  it("tries again where the server gave no answer", async () => {
    const server = new FakeServer()
    server.failing.set("/api/auth/mail", 400)
    const { user } = stranger("/reset", server)
    expect(await screen.findByText("c0ffee-4242")).toBeVisible()
    server.failing.clear()
    await user.click(screen.getByRole("button", { name: "Try again" }))
    expect(await screen.findByLabelText("Email")).toBeVisible()
  })
})

describe("choosing a new password", () => {
  function sent(secret = "good") {
    const server = new FakeServer()
    server.mail.resets.set(secret, EMAIL)
    return server
  }

  it("takes one that will do, once, and leads to the sign-in", async () => {
    const server = sent()
    const { user } = stranger("/reset#good", server)
    await user.type(await screen.findByLabelText("New password"), "password123")
    await user.click(screen.getByRole("button", { name: "Change password" }))
    expect(await screen.findByText("is among the passwords that are tried first")).toBeVisible()
    expect(await violations()).toEqual([])
    await user.clear(screen.getByLabelText("New password"))
    await user.type(screen.getByLabelText("New password"), "a quiet mountain lake")
    await user.click(screen.getByRole("button", { name: "Change password" }))
    expect(await screen.findByRole("heading", { name: "Your password is changed", level: 1 })).toBeVisible()
    expect(server.accounts.get(EMAIL)?.password).toBe("a quiet mountain lake")
    await user.click(screen.getByRole("link", { name: "Sign in" }))
    expect(await screen.findByRole("heading", { name: "Sign in", level: 1 })).toBeVisible()
  })

  it("offers another link where this one is over", async () => {
    const { user } = stranger("/reset#used", sent())
    await user.type(await screen.findByLabelText("New password"), "a quiet mountain lake")
    await user.click(screen.getByRole("button", { name: "Change password" }))
    expect(await screen.findByRole("heading", { name: "This link does not work any more" })).toBeVisible()
    await user.click(screen.getByRole("link", { name: "Ask for a new one" }))
    expect(await screen.findByRole("button", { name: "Send the link" })).toBeVisible()
  })

  it("signs out whoever is signed in here", async () => {
    const { user, composition } = renderApp("/reset#good", { server: sent() })
    await user.type(await screen.findByLabelText("New password"), "a quiet mountain lake")
    await user.click(screen.getByRole("button", { name: "Change password" }))
    expect(await screen.findByRole("heading", { name: "Your password is changed" })).toBeVisible()
    expect(composition.api.auth.state().kind).toBe("signed-out")
  })
})
