import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aSession } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

function aServer(part: Parameters<typeof aSession>[0] = {}, allow_public = true) {
  const server = new FakeServer()
  server.team.settings = { ...server.team.settings, allow_public }
  server.put(aSession({ id: "one", title: "Retry payments", note: "for us alone", commits: 2, ...part }))
  return server
}

describe("a public link", () => {
  it("is made by the owner, shown once, and leads to a page without an account", async () => {
    const server = aServer()
    const { user, unmount } = renderApp("/sessions/one", { server })
    await user.click(await screen.findByTestId("visibility"))
    await user.click(await screen.findByRole("button", { name: "Make a public link" }))
    const link = await screen.findByTestId("public-link")
    expect(link).toHaveTextContent("/public#secret-1")
    expect(await within(await screen.findByTestId("public-links")).findByText("0 views")).toBeVisible()
    expect(await violations()).toEqual([])
    unmount()

    renderApp("/public#secret-1", { server, signedIn: false })
    expect(await screen.findByRole("heading", { name: "Retry payments", level: 1 })).toBeVisible()
    expect(screen.getByRole("region", { name: "Files" })).toHaveTextContent("retry.py")
    expect(screen.getByRole("region", { name: "Commits" })).toHaveTextContent("Retry a payment that timed out")
    for (const hidden of ["anna", "for us alone"]) expect(screen.queryByText(new RegExp(hidden))).toBeNull()
    expect(screen.queryByRole("link")).toBeNull()
    expect(await violations()).toEqual([])
  })

  it("ends when it is taken back", async () => {
    const server = aServer()
    const { user, unmount } = renderApp("/sessions/one", { server })
    await user.click(await screen.findByTestId("visibility"))
    await user.click(await screen.findByRole("button", { name: "Make a public link" }))
    await user.click(await screen.findByRole("button", { name: "End all public links" }))
    await waitFor(() => expect(server.sessions.get("one")?.visibility).toBe("team"))
    unmount()
    renderApp("/public#secret-1", { server, signedIn: false })
    expect(await screen.findByRole("heading", { name: "This link leads nowhere any more" })).toBeVisible()
  })

  it("cannot be made where the team does not allow it, and says so", async () => {
    const { user } = renderApp("/sessions/one", { server: aServer({}, false) })
    await user.click(await screen.findByTestId("visibility"))
    expect(await screen.findByText(/^This team allows no public pages/)).toBeVisible()
    expect(screen.getByRole("button", { name: "Make a public link" })).toHaveAttribute("aria-disabled", "true")
  })

  it("is nothing that a colleague may make or see", async () => {
    const { user } = renderApp("/sessions/one", { server: aServer({ user_id: "user-ben", username: "ben" }) })
    await user.click(await screen.findByTestId("visibility"))
    await screen.findByRole("dialog", { name: "Who can see this" })
    expect(screen.queryByText("Public link")).toBeNull()
  })
})

it("says of a link without its secret that it leads nowhere", async () => {
  renderApp("/public", { signedIn: false })
  expect(await screen.findByRole("heading", { name: "This link leads nowhere any more" })).toBeVisible()
})
