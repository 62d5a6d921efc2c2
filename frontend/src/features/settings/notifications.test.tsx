import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aUser } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { aWebhook } from "@/testing/notice-facts"
import { renderApp } from "@/testing/render-app"

function open(path: string, role: "admin" | "member" = "admin") {
  const server = new FakeServer({ user: aUser({ role }), password: "correct horse" })
  server.notices.webhooks = [aWebhook()]
  return renderApp(path, { server })
}

const kind = async (name: string) => within(await screen.findByRole("group", { name }))

describe("what one is told", () => {
  it("is chosen by event and way, with hours of quiet, and taken back", async () => {
    const { user, server } = open("/settings/notifications")
    await user.click((await kind("Health falls")).getByRole("checkbox", { name: "E-mail" }))
    await user.click((await kind("Health falls")).getByRole("checkbox", { name: "Slack" }))
    await user.click(screen.getByRole("checkbox", { name: /wait until these hours are over/ }))
    await user.selectOptions(screen.getByLabelText("By the clock of"), "UTC")
    expect(await violations()).toEqual([])
    await user.click(screen.getByRole("button", { name: "Save" }))
    await waitFor(() =>
      expect(server.notices.preferences).toMatchObject({
        events: { health_alert: { app: true, email: true, slack: false } },
        quiet_hours: { from: "22:00", to: "07:00", timezone: "UTC" },
      }),
    )
    await user.click(await screen.findByRole("button", { name: "Undo" }))
    await waitFor(() => expect(server.notices.preferences.events.health_alert).toMatchObject({ email: false, slack: true }))
    await waitFor(() => expect(screen.queryByLabelText("By the clock of")).toBeNull())
  })

  it("is turned for all events at once", async () => {
    const { user, server } = open("/settings/notifications")
    await user.click(await screen.findByRole("button", { name: "Turn all by Browser" }))
    await user.click(screen.getByRole("button", { name: "Save" }))
    await waitFor(() => expect(Object.values(server.notices.preferences.events).every((ways) => ways.push)).toBe(true))
  })

  it("is not written over what was chosen elsewhere", async () => {
    const { user, server } = open("/settings/notifications")
    await user.click((await kind("Health falls")).getByRole("checkbox", { name: "E-mail" }))
    server.notices.preferences = { ...server.notices.preferences, version: 4 }
    await user.click(screen.getByRole("button", { name: "Save" }))
    expect(await screen.findByRole("alert")).toHaveTextContent("changed this elsewhere")
    await user.click(screen.getByRole("button", { name: "Show what is saved" }))
    expect((await kind("Health falls")).getByRole("checkbox", { name: "E-mail" })).not.toBeChecked()
    await user.click((await kind("Health falls")).getByRole("checkbox", { name: "E-mail" }))
    await user.click(screen.getByRole("button", { name: "Save" }))
    await waitFor(() => expect(server.notices.preferences).toMatchObject({ version: 5, events: { health_alert: { email: true } } }))
  })
})

describe("webhooks", () => {
  it("are added, tested, and their log read", async () => {
    const { user, server } = open("/settings/webhooks")
    await user.click(await screen.findByRole("button", { name: "Add a webhook" }))
    await user.selectOptions(screen.getByLabelText("Receiver"), "generic")
    await user.type(screen.getByLabelText("Name"), "Duty rota")
    await user.type(screen.getByLabelText("Address"), "https://rota.example/hook")
    await user.click(screen.getByRole("checkbox", { name: "Somebody joins" }))
    await user.click(screen.getByRole("button", { name: "Add" }))
    expect(await screen.findByTestId("webhook-secret")).toHaveTextContent("whsec_4f9d2c7a81e6")
    expect(await violations()).toEqual([])
    await user.click(screen.getByRole("button", { name: "Done" }))
    expect(server.notices.webhooks[1]).toMatchObject({ kind: "generic", name: "Duty rota", enabled: true })
    expect(server.notices.webhooks[1]?.events).not.toContain("member_joined")
    await user.click(await screen.findByRole("button", { name: "Send a test to Duty rota" }))
    const log = within(await screen.findByRole("list", { name: "Deliveries" }))
    expect(log.getByRole("listitem")).toHaveTextContent("Test message")
    expect(log.getByRole("listitem")).toHaveTextContent("Delivered")
  })

  it("say why an address is refused", async () => {
    const { user } = open("/settings/webhooks")
    await user.click(await screen.findByRole("button", { name: "Add a webhook" }))
    await user.type(screen.getByLabelText("Name"), "Mine")
    await user.type(screen.getByLabelText("Address"), "http://127.0.0.1/hook")
    await user.click(screen.getByRole("button", { name: "Add" }))
    expect(await screen.findByText("leads into a private network")).toBeVisible()
  })

  it("are turned off, and deleted", async () => {
    const { user, server } = open("/settings/webhooks")
    await user.click(await screen.findByRole("button", { name: "More about #harbour-agents" }))
    await user.click(await screen.findByRole("menuitem", { name: "Turn off" }))
    await waitFor(() => expect(server.notices.webhooks[0]?.enabled).toBe(false))
    expect(await screen.findByText("Off")).toBeVisible()
    await user.click(screen.getByRole("button", { name: "More about #harbour-agents" }))
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }))
    await user.click(await screen.findByRole("button", { name: "Delete it for good" }))
    expect(await screen.findByText(/None yet/)).toBeVisible()
  })

  it("are seen by members without their addresses", async () => {
    open("/settings/webhooks", "member")
    expect(await screen.findByText("hooks.slack.com")).toBeVisible()
    expect(screen.queryByRole("button", { name: /Add|test|Log/ })).toBeNull()
  })
})
