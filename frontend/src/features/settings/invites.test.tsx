import { act, screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aUser } from "@/testing/builders"
import { sending } from "@/testing/fake-mail"
import { FakeServer } from "@/testing/fake-server"
import { anInvite } from "@/testing/fake-team"
import { renderApp } from "@/testing/render-app"

const EMAIL = "nora@harbour.example"

function open(prepare: (server: FakeServer) => void = () => undefined) {
  const server = new FakeServer({ user: aUser({ role: "admin" }), password: "correct horse" })
  prepare(server)
  return renderApp("/settings/members", { server })
}

const row = async () => within(await screen.findByTestId("invite"))

describe("an invitation by mail", () => {
  it("goes to one person, and the list says how far it has got", async () => {
    const { user, server } = open()
    await user.click(await screen.findByRole("button", { name: "Invite people" }))
    await user.type(await screen.findByLabelText("Email"), EMAIL)
    expect(screen.queryByLabelText("People who can use it")).toBeNull()
    expect(await violations()).toEqual([])
    await user.click(screen.getByRole("button", { name: "Send invitation" }))
    expect(await screen.findByText(/A letter is on its way to/)).toHaveTextContent(EMAIL)
    expect(screen.getByTestId("invite-link")).toHaveTextContent("/invite#secret-invite-1")
    expect(server.team.invites[0]).toMatchObject({ email: EMAIL, max_uses: 1, role: "member" })
    await user.click(screen.getByRole("button", { name: "Done" }))
    expect(await (await row()).findByText(/Waiting to be sent/)).toBeVisible()
    // It is looked for by itself until it is sent.
    act(() => void (server.team.invites = server.team.invites.map((one) => ({ ...one, mail: sending() }))))
    expect(await (await row()).findByText(/Letter sent/, {}, { timeout: 4_000 })).toBeVisible()
    expect(await violations()).toEqual([])
  })

  it("is sent by keyboard alone", async () => {
    const { user, server } = open()
    const invite = await screen.findByRole("button", { name: "Invite people" })
    await waitFor(() => expect(server.requests).toContain("GET /api/auth/mail"))
    invite.focus()
    await user.keyboard("{Enter}")
    expect(await screen.findByLabelText("Email")).toHaveFocus()
    await user.keyboard(`${EMAIL}{Enter}`)
    expect(await screen.findByText(/A letter is on its way to/)).toBeVisible()
    expect(server.team.invites[0]).toMatchObject({ email: EMAIL })
  })

  it("says why it was not sent, and is sent again with a new link", async () => {
    const reason = "The mail server refused this address (550)."
    const { user, server } = open(({ team }) => (team.invites = [anInvite("one", { email: EMAIL, mail: sending({ state: "failed", reason }) })]))
    expect(await (await row()).findByText(reason)).toBeVisible()
    await user.click(await screen.findByRole("button", { name: `Send the invitation to ${EMAIL} again` }))
    expect(await screen.findByText(/A new link is on its way/)).toBeVisible()
    expect(server.team.invites).toMatchObject([{ id: "one", mail: { state: "queued" } }])
    expect(await (await row()).findByText(/Waiting to be sent/)).toBeVisible()
  })

  it("says that it is tried again by itself while the mail server is away", async () => {
    const reason = "The mail server cannot be reached."
    open(({ team }) => (team.invites = [anInvite("one", { email: EMAIL, mail: sending({ state: "queued", reason }) })]))
    expect(await (await row()).findByText("It is tried again by itself.")).toBeVisible()
    expect((await row()).getByText(reason)).toBeVisible()
  })

  it("is over once somebody has joined", async () => {
    open(({ team }) => (team.invites = [anInvite("one", { email: EMAIL, mail: sending(), uses: 1, state: "used_up" })]))
    expect(await (await row()).findByText("Joined")).toBeVisible()
    expect(screen.queryByRole("button", { name: /again/ })).toBeNull()
  })
})

describe("a server without mail", () => {
  it("says why there is only a link", async () => {
    const invite = anInvite("one", { email: EMAIL, mail: sending() })
    const { user } = open((server) => {
      server.mail.enabled = false
      server.team.invites = [invite]
    })
    expect(await screen.findByText(EMAIL)).toBeVisible()
    expect(screen.queryByRole("button", { name: /again/ })).toBeNull()
    await user.click(screen.getByRole("button", { name: "Invite people" }))
    expect(await screen.findByText(/This server sends no mail/)).toHaveTextContent("SMTP_URL is not set")
    expect(screen.queryByLabelText("Email")).toBeNull()
    await user.click(screen.getByRole("button", { name: "Create link" }))
    await waitFor(() => expect(screen.getByTestId("invite-link")).toHaveTextContent("/invite#"))
  })
})
