// Builds the application on the fake server, opens every page in Chromium in all sizes, themes and states, keeps the
// pictures, and fails on anything the console, the page's policy or axe has to say.
//   npm run look [-- only-names-that-match-this]
import { mkdir, readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

import { chromium } from "playwright-core"
import { build } from "vite"

import { serve } from "./serve.mjs"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const FOLDER = here("../test-results/look/")
const PAGES = [
  { name: "sign-in", path: "/sign-in", fake: "newcomer" },
  { name: "register", path: "/register", fake: "newcomer" },
  { name: "connect", path: "/connect", fake: "empty" },
  { name: "dashboard-full", path: "/", fake: "full" },
  { name: "dashboard-list", path: "/?view=list", fake: "full" },
  { name: "dashboard-narrowed", path: "/?tool=codex&status=active&status=waiting", fake: "full" },
  { name: "dashboard-groups", path: "/?group=person", fake: "full" },
  { name: "dashboard-board", path: "/?view=board", fake: "full", wait: "[data-testid=column]" },
  { name: "dashboard-alerts", path: "/", fake: "full", act: (tab) => tab.getByRole("button", { name: "Alerts" }).click() },
  { name: "wall", path: "/wall", fake: "full", wait: "[data-testid=wall-card]" },
  { name: "wall-empty", path: "/wall", fake: "empty" },
  { name: "dashboard-nothing-matches", path: "/?q=zebra", fake: "full" },
  { name: "dashboard-empty", path: "/", fake: "empty" },
  { name: "dashboard-error", path: "/", fake: "error", wait: '[role="alert"]' },
  { name: "dashboard-stale", path: "/", fake: "offline", wait: '[data-state="stale"]' },
  { name: "session-full", path: "/sessions/demo-3", fake: "full", wait: ".recharts-bar-rectangle" },
  { name: "session-together", path: "/sessions/demo-16", fake: "full", wait: "[data-testid=lookers]" },
  { name: "session-step", path: "/sessions/demo-3?event=event-207", fake: "full", wait: "[aria-current=true]" },
  { name: "session-counts", path: "/sessions/demo-7", fake: "full", wait: "text=reports numbers only" },
  { name: "session-more", path: "/sessions/demo-0", fake: "full", act: (tab) => tab.getByRole("button", { name: "More actions" }).click() },
  { name: "session-who", path: "/sessions/demo-0", fake: "full", act: (tab) => tab.getByTestId("visibility").click() },
  { name: "session-missing", path: "/sessions/none", fake: "full" },
  { name: "session-error", path: "/sessions/demo-3", fake: "error", wait: '[role="alert"]' },
  { name: "session-edit", path: "/sessions/demo-3", fake: "full", act: (tab) => tab.getByRole("button", { name: "Edit title" }).click() },
  { name: "analytics-full", path: "/analytics", fake: "full", wait: ".recharts-area" },
  { name: "analytics-grouped", path: "/analytics?range=90d&by=project&shape=line&split=project&people=sessions&order=amount&peak=sessions", fake: "full", wait: ".recharts-line" },
  { name: "analytics-today", path: "/analytics?range=today&by=user", fake: "full", wait: ".recharts-area" },
  { name: "analytics-narrowed", path: "/analytics?user=user-anna&tool=claude-code&weekends=off", fake: "full", wait: ".recharts-area" },
  { name: "analytics-table", path: "/analytics", fake: "full", wait: ".recharts-area", act: showTables },
  { name: "analytics-days", path: "/analytics", fake: "full", wait: ".recharts-area", act: (tab) => tab.getByRole("button", { name: /^Days/ }).click() },
  { name: "analytics-meaning", path: "/analytics", fake: "full", wait: ".recharts-area", act: (tab) => tab.getByRole("button", { name: "Token efficiency" }).click() },
  { name: "analytics-nothing", path: "/analytics?from=2024-01-01&to=2024-01-08", fake: "full", wait: "h2" },
  { name: "analytics-empty", path: "/analytics", fake: "empty", wait: "h2" },
  { name: "analytics-error", path: "/analytics", fake: "uncounted", wait: '[role="alert"]' },
  { name: "me-full", path: "/me", fake: "full", wait: ".recharts-area" },
  { name: "me-empty", path: "/me", fake: "empty" },
  { name: "insights-full", path: "/insights", fake: "full", wait: "[data-testid=insight-card]" },
  { name: "insights-narrowed", path: "/insights?tag=tests&type=learning&user=user-ben&state=accepted&state=proposed", fake: "full", wait: "h1" },
  { name: "insights-nothing-matches", path: "/insights?q=zebra", fake: "full", wait: "h2" },
  { name: "insights-empty", path: "/insights", fake: "empty", wait: "h2" },
  { name: "insights-error", path: "/insights", fake: "broken", wait: '[role="alert"]' },
  { name: "insights-share", path: "/insights", fake: "full", wait: "[data-testid=insight-card]", act: writeInsight },
  { name: "insights-preview", path: "/insights", fake: "full", wait: "[data-testid=insight-card]", act: previewInsight },
  { name: "insights-menu", path: "/insights", fake: "full", wait: "[data-testid=insight-card]", act: (tab) => tab.getByRole("button", { name: /^Actions on/ }).nth(2).click() },
  { name: "insights-rss", path: "/insights", fake: "full", wait: "[data-testid=insight-card]", act: (tab) => tab.getByRole("button", { name: "Follow in a feed reader" }).click() },
  { name: "insight", path: "/insights/insight-1", fake: "full", wait: "[data-testid=comment]" },
  { name: "insight-detected", path: "/insights/insight-3", fake: "full", wait: "[data-testid=insight]" },
  { name: "insight-mention", path: "/insights/insight-1", fake: "full", wait: "[data-testid=comment]", act: (tab) => tab.getByRole("textbox", { name: "Say something" }).fill("@") },
  { name: "insight-missing", path: "/insights/none", fake: "full" },
  { name: "session-insights", path: "/sessions/demo-3?event=event-3", fake: "full", wait: "h1", act: (tab) => tab.getByRole("button", { name: "Share an insight" }).click() },
  { name: "notifications", path: "/notifications", fake: "full", wait: "[data-testid=notice]" },
  { name: "notifications-empty", path: "/notifications", fake: "empty", wait: "h2" },
  { name: "notifications-error", path: "/notifications", fake: "broken", wait: '[role="alert"]' },
  { name: "bell", path: "/insights", fake: "full", wait: "[data-testid=insight-card]", act: (tab) => tab.locator("[data-testid=bell]:visible").click() },
  { name: "alerts", path: "/notifications?show=alerts&state=open&state=acknowledged&state=snoozed&state=resolved", fake: "full", wait: "[data-testid=alert]" },
  { name: "alerts-empty", path: "/notifications?show=alerts", fake: "empty", wait: "h2" },
  { name: "activity", path: "/", fake: "full", act: (tab) => tab.evaluate(() => localStorage.setItem("activity", "shown")).then(() => tab.reload()).then(() => tab.waitForSelector("h1")) },
  { name: "settings-notifications", path: "/settings/notifications", fake: "full", wait: "form" },
  { name: "settings-notifications-error", path: "/settings/notifications", fake: "broken", wait: '[role="alert"]' },
  { name: "settings-webhooks", path: "/settings/webhooks", fake: "full", wait: "[data-testid=webhook]" },
  { name: "settings-webhooks-member", path: "/settings/webhooks", fake: "member", wait: "[data-testid=webhook]" },
  { name: "settings-webhooks-empty", path: "/settings/webhooks", fake: "empty" },
  { name: "settings-webhooks-error", path: "/settings/webhooks", fake: "broken", wait: '[role="alert"]' },
  { name: "settings-webhooks-add", path: "/settings/webhooks", fake: "full", wait: "[data-testid=webhook]", act: (tab) => tab.getByRole("button", { name: "Add a webhook" }).click() },
  { name: "settings-webhooks-log", path: "/settings/webhooks", fake: "full", wait: "[data-testid=webhook]", act: (tab) => tab.getByRole("button", { name: /^Delivery log/ }).first().click() },
  { name: "settings-team-preview", path: "/settings/team", fake: "full", wait: "form", act: previewHealth },
  { name: "invite", path: "/invite#secret-open", fake: "newcomer" },
  { name: "invite-signed-in", path: "/invite#secret-open", fake: "stranger" },
  { name: "invite-used", path: "/invite#secret-used", fake: "newcomer" },
  { name: "invite-unknown", path: "/invite#none", fake: "newcomer" },
  { name: "invite-error", path: "/invite#secret-open", fake: "broken", wait: '[role="alert"]' },
  { name: "invite-address", path: "/invite#secret-sent", fake: "newcomer" },
  { name: "invite-for-another", path: "/invite#secret-sent", fake: "stranger" },
  { name: "reset", path: "/reset", fake: "newcomer", wait: "form" },
  { name: "reset-asked", path: "/reset", fake: "newcomer", wait: "form", act: askReset },
  { name: "reset-no-mail", path: "/reset", fake: "silent", wait: "pre" },
  { name: "reset-error", path: "/reset", fake: "broken", wait: '[role="alert"]' },
  { name: "reset-choose", path: "/reset#good", fake: "newcomer", wait: "form" },
  { name: "reset-refused", path: "/reset#good", fake: "newcomer", wait: "form", act: (tab) => choosePassword(tab, "password123") },
  { name: "reset-changed", path: "/reset#good", fake: "newcomer", wait: "form", act: (tab) => choosePassword(tab, "a quiet mountain lake") },
  { name: "reset-over", path: "/reset#used", fake: "newcomer", wait: "form", act: (tab) => choosePassword(tab, "a quiet mountain lake") },
  { name: "settings-account", path: "/settings", fake: "full", wait: "text=Nightly report" },
  { name: "settings-account-empty", path: "/settings", fake: "empty" },
  { name: "settings-account-error", path: "/settings", fake: "broken", wait: '[role="alert"]' },
  { name: "settings-password", path: "/settings", fake: "full", act: (tab) => tab.getByRole("button", { name: "Change password" }).click() },
  { name: "settings-delete", path: "/settings", fake: "full", act: (tab) => tab.getByRole("button", { name: "Delete account" }).click() },
  { name: "settings-team", path: "/settings/team", fake: "full", wait: "form" },
  { name: "settings-team-member", path: "/settings/team", fake: "member", wait: "text=Admins of the team" },
  { name: "settings-team-none", path: "/settings/team", fake: "stranger" },
  { name: "settings-team-busy", path: "/settings/team", fake: "busy", wait: "text=Too many requests" },
  { name: "settings-team-error", path: "/settings/team", fake: "broken", wait: '[role="alert"]' },
  { name: "settings-members", path: "/settings/members", fake: "full", wait: "[data-testid=invite]" },
  { name: "settings-members-member", path: "/settings/members", fake: "member", wait: "[data-testid=member]" },
  { name: "settings-members-error", path: "/settings/members", fake: "broken", wait: '[role="alert"]' },
  { name: "settings-members-role", path: "/settings/members", fake: "full", act: (tab) => tab.getByRole("button", { name: "Role of ben" }).click() },
  { name: "settings-invite", path: "/settings/members", fake: "full", act: (tab) => tab.getByRole("button", { name: "Invite people" }).click() },
  { name: "settings-invite-made", path: "/settings/members", fake: "full", act: makeInvite },
  { name: "settings-invite-mail", path: "/settings/members", fake: "full", act: (tab) => writeInvite(tab) },
  { name: "settings-invite-sent", path: "/settings/members", fake: "full", act: sendInvite },
  { name: "settings-invite-no-mail", path: "/settings/members", fake: "silent", act: (tab) => tab.getByRole("button", { name: "Invite people" }).click() },
  { name: "settings-machines", path: "/settings/machines", fake: "full", wait: "text=build-7" },
  { name: "settings-machines-revoke", path: "/settings/machines", fake: "full", act: (tab) => tab.getByRole("button", { name: "Revoke build-7" }).click() },
  { name: "settings-machines-empty", path: "/settings/machines", fake: "empty" },
  { name: "settings-machines-error", path: "/settings/machines", fake: "broken", wait: '[role="alert"]' },
  { name: "settings-audit", path: "/settings/audit", fake: "full", wait: "[data-action]" },
  { name: "settings-audit-empty", path: "/settings/audit", fake: "empty" },
  { name: "settings-audit-error", path: "/settings/audit", fake: "broken", wait: '[role="alert"]' },
  { name: "teams", path: "/", fake: "full", act: openTeams },
  { name: "palette", path: "/", fake: "full", act: (tab) => tab.keyboard.press("Control+k") },
  { name: "keys", path: "/", fake: "full", act: (tab) => tab.keyboard.press("?") },
  { name: "card-menu", path: "/?user=user-anna", fake: "full", act: (tab) => tab.getByRole("button", { name: "Session menu" }).first().click() },
  { name: "new-token", path: "/settings", fake: "full", act: (tab) => tab.getByRole("button", { name: "New token" }).click() },
  { name: "unknown", path: "/nowhere", fake: "full" },
]

async function showTables(tab) {
  for (const button of await tab.getByRole("button", { name: /^View as table/ }).all()) await button.click()
}

async function writeInsight(tab) {
  await tab.getByRole("button", { name: "Share an insight" }).click()
  await tab.getByLabel("Title").fill("Ask for a failing test first, always")
  await tab.getByLabel("What did you learn?").fill("## It helps\n\n- **half** the steps\n- `pytest -x` is enough\n\n| a | b |\n|---|---|\n| 1 | 2 |")
  await tab.getByRole("dialog").getByLabel("Tags").fill("te")
  await tab.getByRole("option").first().waitFor()
}

async function previewInsight(tab) {
  await writeInsight(tab)
  await tab.getByRole("button", { name: "Preview" }).click()
}

async function previewHealth(tab) {
  await tab.getByLabel("Warning below").fill("80")
  await tab.getByText("sessions change grade").waitFor()
}

async function makeInvite(tab) {
  await tab.getByRole("button", { name: "Invite people" }).click()
  await tab.getByRole("button", { name: "Create link" }).click()
}

async function writeInvite(tab) {
  await tab.getByRole("button", { name: "Invite people" }).click()
  await tab.getByLabel("Email").fill("nora.with.a.long.name@research.harbour.example")
}

async function sendInvite(tab) {
  await writeInvite(tab)
  await tab.getByRole("button", { name: "Send invitation" }).click()
  await tab.getByText("A letter is on its way").waitFor()
}

async function askReset(tab) {
  await tab.getByLabel("Email").fill("anna@harbour.example")
  await tab.getByRole("button", { name: "Send the link" }).click()
}

async function choosePassword(tab, password) {
  await tab.getByLabel("New password").fill(password)
  await tab.getByRole("button", { name: "Change password" }).click()
}

/** On the rail, or on a narrow screen in the person's own menu. */
async function openTeams(tab) {
  const own = tab.getByTestId("team-name")
  await ((await own.isVisible()) ? own : tab.getByRole("button", { name: "Account of" })).click()
  await tab.getByText("Lighthouse").waitFor()
}

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]

const only = new RegExp(process.argv[2] ?? "")
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
await mkdir(FOLDER, { recursive: true })
await build({ root: here(".."), mode: "fake", logLevel: "warn", build: { emptyOutDir: true } })
const { origin, close } = await serve(here("../node_modules/.cache/fake-dist"))
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
})
let faults = 0
const shots = PAGES.flatMap((page) => SIZES.flatMap((size) => ["light", "dark"].map((theme) => ({ page, size, theme }))))
for (const { page, size, theme } of shots) {
  const name = `${page.name}-${size.width}-${theme}`
  if (only.test(name)) faults += await look(page, size, theme, name)
}
await browser.close()
close()
process.exitCode = faults > 0 ? 1 : 0

async function look({ path, fake, wait, act }, viewport, theme, name) {
  const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion: "reduce" })
  const tab = await context.newPage()
  const said = []
  tab.on("console", (message) => message.type() === "error" && said.push(message.text()))
  tab.on("pageerror", (error) => said.push(String(error)))
  await tab.addInitScript((scenario) => sessionStorage.setItem("fake", scenario), fake)
  await tab.goto(origin + path)
  await tab.waitForSelector(wait ?? "h1, h2", { timeout: 20_000 })
  await act?.(tab)
  await tab.waitForTimeout(700)
  await tab.screenshot({ path: `${FOLDER}${name}.png` })
  await tab.evaluate(axe)
  // A menu hangs on the body by its nature: only then may content stand outside the landmarks.
  const rules = { region: { enabled: !act } }
  const runOnly = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
  const { violations } = await tab.evaluate((options) => globalThis.axe.run(document, options), { runOnly, rules })
  for (const { id, help, nodes } of violations) said.push(`axe ${id}: ${help}\n    ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join("\n    ")}`)
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  if (wide) said.push("wider than the screen")
  await context.close()
  for (const text of said) console.error(`${name}: ${text}`)
  return said.length
}
