import { act, screen, waitFor } from "@testing-library/react"
import { beforeEach, expect, it, vi } from "vitest"

import { chooseAlerts } from "@/lib/alerts"
import { aSession } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

let shown: Notice[] = []
let played = 0

class Notice {
  static permission = "default"
  static requestPermission = () => Promise.resolve((Notice.permission = "granted"))
  onclick: (() => void) | null = null
  close = () => undefined
  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    shown.push(this)
  }
}

class Audio {
  currentTime = 0
  destination = {}
  createOscillator = () => ({ frequency: {}, connect: (to: unknown) => to, start: () => (played += 1), stop: () => undefined })
  createGain = () => ({ gain: { setValueAtTime: () => undefined, exponentialRampToValueAtTime: () => undefined }, connect: (to: unknown) => to })
  close = () => Promise.resolve()
}

beforeEach(() => {
  shown = []
  played = 0
  Notice.permission = "default"
  vi.stubGlobal("Notification", Notice)
  vi.stubGlobal("AudioContext", Audio)
  vi.spyOn(document, "hasFocus").mockReturnValue(false)
  chooseAlerts([])
  return () => vi.unstubAllGlobals()
})

function open() {
  const server = new FakeServer()
  server.put(aSession({ id: "mine", title: "Retry payments" }))
  server.put(aSession({ id: "old", title: "Long waiting", status: "waiting" }))
  server.put(aSession({ id: "bens", title: "Of Ben", user_id: "user-ben", username: "ben" }))
  return renderApp("/", { server })
}

it("tells nothing until it is wanted", async () => {
  const { server } = open()
  await screen.findByText("Retry payments")
  act(() => void server.change("mine", { status: "waiting" }))
  await waitFor(() => expect(screen.getAllByText("Needs you")).toHaveLength(2))
  expect([shown.length, played]).toEqual([0, 0])
})

it("tells by both ways once they are chosen, of one's own sessions, once when they begin to wait", async () => {
  const { server, user, history } = open()
  await screen.findByText("Retry payments")
  await user.click(screen.getByRole("button", { name: "Alerts" }))
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "Notification" }))
  await waitFor(() => expect(screen.getByRole("menuitemcheckbox", { name: "Notification" })).toBeChecked())
  await user.click(screen.getByRole("menuitemcheckbox", { name: "Sound" }))
  await user.keyboard("{Escape}")
  played = 0
  act(() => void server.change("bens", { status: "waiting" }))
  act(() => void server.change("mine", { status: "waiting", status_reason: "asks to run a command" }))
  act(() => void server.change("mine", { cost_usd: 3 }))
  await waitFor(() => expect(shown.map((one) => [one.title, one.options.body])).toEqual([["Retry payments needs you", "asks to run a command"]]))
  expect(played).toBe(2)
  act(() => shown[0]?.onclick?.())
  await waitFor(() => expect(history.location.pathname).toBe("/sessions/mine"))
})

it("shows no notification to somebody who looks at the page", async () => {
  chooseAlerts(["notification", "sound"])
  Notice.permission = "granted"
  vi.spyOn(document, "hasFocus").mockReturnValue(true)
  const { server } = open()
  await screen.findByText("Retry payments")
  act(() => void server.change("mine", { status: "waiting" }))
  await waitFor(() => expect(played).toBe(2))
  expect(shown).toEqual([])
})

it("says where the browser does not let it", async () => {
  Notice.requestPermission = () => Promise.resolve("denied")
  const { user } = open()
  await screen.findByText("Retry payments")
  await user.click(screen.getByRole("button", { name: "Alerts" }))
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "Notification" }))
  expect(await screen.findByText(/^This browser does not let the page notify/)).toBeVisible()
})
