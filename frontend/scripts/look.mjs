// Builds the application on the fake server, opens every page in Chromium in all sizes, themes and states, keeps the
// pictures, and fails on anything the console, the page's policy or axe has to say.
//   npm run look [-- only-names-with-this-word]
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
  { name: "dashboard-nothing-matches", path: "/?q=zebra", fake: "full" },
  { name: "dashboard-empty", path: "/", fake: "empty" },
  { name: "dashboard-error", path: "/", fake: "error", wait: '[role="alert"]' },
  { name: "dashboard-stale", path: "/", fake: "offline", wait: '[data-state="stale"]' },
  { name: "session-full", path: "/sessions/demo-3", fake: "full", wait: ".recharts-bar-rectangle" },
  { name: "session-missing", path: "/sessions/none", fake: "full" },
  { name: "session-error", path: "/sessions/demo-3", fake: "error", wait: '[role="alert"]' },
  { name: "session-edit", path: "/sessions/demo-3", fake: "full", act: (tab) => tab.getByRole("button", { name: "Edit title" }).click() },
  { name: "invite", path: "/invite#secret-open", fake: "newcomer" },
  { name: "invite-signed-in", path: "/invite#secret-open", fake: "stranger" },
  { name: "invite-used", path: "/invite#secret-used", fake: "newcomer" },
  { name: "invite-unknown", path: "/invite#none", fake: "newcomer" },
  { name: "invite-error", path: "/invite#secret-open", fake: "broken", wait: '[role="alert"]' },
  { name: "settings-account", path: "/settings", fake: "full", wait: "text=Nightly report" },
  { name: "settings-account-empty", path: "/settings", fake: "empty" },
  { name: "settings-account-error", path: "/settings", fake: "broken", wait: '[role="alert"]' },
  { name: "settings-password", path: "/settings", fake: "full", act: (tab) => tab.getByRole("button", { name: "Change password" }).click() },
  { name: "settings-delete", path: "/settings", fake: "full", act: (tab) => tab.getByRole("button", { name: "Delete account" }).click() },
  { name: "settings-team", path: "/settings/team", fake: "full", wait: "form" },
  { name: "settings-team-member", path: "/settings/team", fake: "member", wait: "text=Admins of the team" },
  { name: "settings-team-none", path: "/settings/team", fake: "stranger" },
  { name: "settings-team-error", path: "/settings/team", fake: "broken", wait: '[role="alert"]' },
  { name: "settings-members", path: "/settings/members", fake: "full", wait: "[data-testid=invite]" },
  { name: "settings-members-member", path: "/settings/members", fake: "member", wait: "[data-testid=member]" },
  { name: "settings-members-error", path: "/settings/members", fake: "broken", wait: '[role="alert"]' },
  { name: "settings-members-role", path: "/settings/members", fake: "full", act: (tab) => tab.getByRole("button", { name: "Role of ben" }).click() },
  { name: "settings-invite", path: "/settings/members", fake: "full", act: (tab) => tab.getByRole("button", { name: "Invite people" }).click() },
  { name: "settings-invite-made", path: "/settings/members", fake: "full", act: makeInvite },
  { name: "settings-machines", path: "/settings/machines", fake: "full", wait: "text=build-7" },
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

async function makeInvite(tab) {
  await tab.getByRole("button", { name: "Invite people" }).click()
  await tab.getByRole("button", { name: "Create link" }).click()
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

const only = process.argv[2] ?? ""
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
  if (name.includes(only)) faults += await look(page, size, theme, name)
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
