import { act, screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import type { Insight, InsightComment } from "@/api/types"
import { violations } from "@/testing/axe"
import { aSession, aUser } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { aComment, anInsight, someComments } from "@/testing/insight-facts"
import { renderApp } from "@/testing/render-app"

interface Scene {
  path?: string
  role?: "admin" | "member" | "viewer"
  part?: Partial<Insight>
  comments?: InsightComment[]
}

function open({ path = "/insights/insight-1", role = "member", part = {}, comments = someComments() }: Scene = {}) {
  const server = new FakeServer({ user: aUser({ role }), password: "correct horse" })
  server.join({ user: aUser({ id: "user-ben", username: "ben", email: "ben@harbour.example" }), password: "x" })
  server.insights.insights = [anInsight({ comments: comments.length, ...part })]
  server.insights.comments.set("insight-1", comments)
  return renderApp(path, { server })
}

const said = () => screen.findAllByTestId("comment")
const live = () => waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))

describe("an insight’s page", () => {
  it("shows all of it, with what people said in threads", async () => {
    open()
    expect(await screen.findByRole("heading", { name: "Ask for a failing test first", level: 1 })).toBeVisible()
    expect((await said()).map((one) => one.dataset.commentId)).toEqual(["c1", "c2", "c4", "c5"])
    expect(screen.getByText("This comment was deleted.")).toBeVisible()
    await waitFor(async () => expect(within((await said())[0]!).getByText("@anna")).toHaveAttribute("data-mention", "anna"))
    expect(await violations()).toEqual([])
  })

  it("says so where there is none", async () => {
    open({ path: "/insights/none" })
    expect(await screen.findByText("There is no insight here that you may see")).toBeVisible()
  })

  it("runs nothing of what people wrote, and draws no picture", async () => {
    const content = '<img src=x onerror="window.ran = 1"> <script>window.ran = 1</script> [press](javascript:window.ran=1) ![chart](https://example.com/a.png) [good](https://example.com)'
    open({ part: { content }, comments: [aComment({ content: "<svg onload=alert(1)>" })] })
    expect(await screen.findByRole("link", { name: "good" })).toHaveAttribute("rel", expect.stringContaining("noopener"))
    expect(screen.getByRole("link", { name: "chart" })).toHaveAttribute("href", "https://example.com/a.png")
    expect(screen.queryByRole("link", { name: "press" })).toBeNull()
    const page = screen.getByTestId("insight")
    expect(page).toHaveTextContent('<img src=x onerror="window.ran = 1">')
    for (const element of page.querySelectorAll("img, script, svg[onload], iframe, style")) expect(element).toBeNull()
  })
})

describe("comments", () => {
  it("are added, with a member called by the beginning of a name", async () => {
    const { user, server } = open({ comments: [] })
    const field = await screen.findByRole("textbox", { name: "Say something" })
    await user.type(field, "Look, @b")
    expect(await screen.findByRole("option", { name: "ben" })).toBeVisible()
    await user.keyboard("{Enter}")
    await waitFor(() => expect(field).toHaveValue("Look, @ben "))
    await user.type(field, "it holds")
    await user.click(screen.getByRole("button", { name: "Comment" }))
    await waitFor(() => expect(server.insights.comments.get("insight-1")?.[0]?.content).toBe("Look, @ben it holds"))
    expect((await said()).length).toBe(1)
    expect(field).toHaveValue("")
  })

  it("are answered in their thread", async () => {
    const { user, server } = open()
    await user.click(within((await said())[0]!).getByRole("button", { name: "Answer" }))
    await user.type(await screen.findByRole("textbox", { name: "Answer ben" }), "And here{Control>}{Enter}{/Control}")
    await waitFor(() => expect(server.insights.comments.get("insight-1")?.at(-1)).toMatchObject({ content: "And here", parent_id: "c1" }))
    await waitFor(async () => expect((await said()).map((one) => one.textContent).findIndex((text) => text.includes("And here"))).toBe(2))
  })

  it("come from others as they are said", async () => {
    const { server } = open({ comments: [] })
    await screen.findByText(/Nobody has said anything yet/)
    await live()
    act(() => server.insights.say("insight-1", aComment({ id: "new", content: "Live" })))
    expect(await screen.findByText("Live")).toBeVisible()
    expect(screen.getByText("1 comment")).toBeVisible()
  })

  it("are changed only upon what was seen", async () => {
    const { user, server } = open()
    await user.click(within((await said())[1]!).getByRole("button", { name: "Edit" }))
    const field = await screen.findByRole("textbox", { name: "Edit the comment" })
    Object.assign(server.insights.comments.get("insight-1")![1]!, { content: "Said on the phone", version: 5 })
    await user.type(field, " Always.")
    await user.click(screen.getByRole("button", { name: "Save" }))
    expect(await screen.findByRole("alert")).toHaveTextContent("Said on the phone")
    await user.click(screen.getByRole("button", { name: "Save mine" }))
    await waitFor(() => expect(server.insights.comments.get("insight-1")![1]!.content).toMatch(/Always\.$/))
  })

  it("are deleted with a way back, and leave a place where they were answered", async () => {
    const { user } = open({ role: "admin" })
    await user.click(within((await said())[0]!).getByRole("button", { name: "Delete" }))
    await waitFor(() => expect(screen.getAllByText("This comment was deleted.").length).toBe(2))
    await user.click(await screen.findByRole("button", { name: "Undo" }))
    await waitFor(() => expect(screen.getAllByText("This comment was deleted.").length).toBe(1))
  })

  it("are not a viewer’s to write", async () => {
    open({ role: "viewer" })
    await said()
    expect(screen.queryByRole("textbox")).toBeNull()
    expect(screen.queryByRole("button", { name: "Answer" })).toBeNull()
  })
})

it("is listed on its session’s page, where another can be shared about the step that is open", async () => {
  const server = new FakeServer({ user: aUser(), password: "correct horse" })
  server.put(aSession({ id: "one", title: "Retry payments" }))
  server.insights.insights = [anInsight({ session_id: "one" }), anInsight({ id: "i2", title: "Of another" })]
  const { user } = renderApp("/sessions/one?event=event-3", { server })
  const section = within(await screen.findByRole("region", { name: "Insights" }))
  expect(await section.findByRole("link", { name: "Ask for a failing test first" })).toHaveAttribute("href", "/insights/insight-1")
  expect(section.queryByText("Of another")).toBeNull()
  await user.click(section.getByRole("button", { name: "Share an insight" }))
  await user.type(await screen.findByLabelText("Title"), "Of this step")
  await user.type(screen.getByLabelText("What did you learn?"), "Something.")
  await user.click(screen.getByRole("button", { name: "Share insight" }))
  await waitFor(() => expect(server.insights.insights[0]).toMatchObject({ title: "Of this step", session_id: "one", moment: "event-3" }))
})
