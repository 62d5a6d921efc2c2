import { act, screen, waitFor } from "@testing-library/react"
import { expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aSession, aUser, healthOf } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { anInsight } from "@/testing/insight-facts"
import { anAlert } from "@/testing/notice-facts"
import { renderApp } from "@/testing/render-app"

const kinds = () => [...screen.getByTestId("activity").children].map((one) => (one as HTMLElement).dataset.kind)

it("tells beside the sessions what the team does, live, where that is wanted", async () => {
  const server = new FakeServer()
  server.put(aSession({ id: "one", title: "Retry payments" }))
  server.insights.insights = [anInsight()]
  server.notices.alerts = [anAlert({ kind: "budget_warning", reason: "82 % of the month’s tokens", opened_at: new Date(Date.now() - 9 * 3_600_000).toISOString() })]
  const { user } = renderApp("/", { server })
  await screen.findAllByTestId("session-card")
  expect(screen.queryByTestId("activity")).toBeNull()
  await user.click(screen.getByRole("button", { name: "Team activity" }))
  await waitFor(() => expect(kinds()).toEqual(["insight", "budget"]))

  act(() => void server.change("one", { status: "ended", ended_at: new Date().toISOString(), health: healthOf(22) }))
  await waitFor(() => expect(kinds()).toEqual(["ended", "insight", "budget"]))
  expect(screen.getByTestId("activity")).toHaveTextContent("Retry payments of anna ended badly")
  const dora = aUser({ id: "user-dora", username: "dora", email: "dora@harbour.example", created_at: new Date().toISOString() })
  server.join({ user: dora, password: "x" })
  act(() => server.announce({ type: "member_joined", data: { user_id: dora.id } }))
  await waitFor(() => expect(screen.getByTestId("activity")).toHaveTextContent("dora joined the team"))
  act(() => server.insights.share(anInsight({ id: "i2", title: "Two", created_at: new Date().toISOString() })))
  await waitFor(() => expect(screen.getByTestId("activity")).toHaveTextContent("ben shared Two"))
  expect(await violations()).toEqual([])
  await user.click(screen.getByRole("button", { name: "Close the team’s activity" }))
  expect(screen.queryByTestId("activity")).toBeNull()
})
