import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect, type RouterHistory } from "@tanstack/react-router"

import type { Api } from "@/api/context"
import { analyticsSearch } from "@/features/analytics/search"
import { signInSearch } from "@/features/auth/search"
import { SignInPage } from "@/features/auth/sign-in-page"
import { DashboardPage } from "@/features/dashboard/dashboard-page"
import { boardSearch } from "@/features/dashboard/filter"
import { insightSearch } from "@/features/insights/search"
import { noticeSearch } from "@/features/notices/search"
import { sessionSearch } from "@/features/session/search"

import { CrashPage } from "./crash-page"
import { Frame } from "./frame"
import { NotFoundPage } from "./not-found-page"
import { parseSearch, stringifySearch } from "./search"

interface RouterContext {
  api: Api
}

const root = createRootRouteWithContext<RouterContext>()({ notFoundComponent: NotFoundPage })

/** All behind the sign-in. */
const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  component: Frame,
  beforeLoad: ({ context, location }) => signInFirst(context.api, location.href),
})

const dashboard = createRoute({
  getParentRoute: () => app,
  path: "/",
  validateSearch: boardSearch,
  component: DashboardPage,
})

const session = createRoute({
  getParentRoute: () => app,
  path: "/sessions/$id",
  validateSearch: sessionSearch,
  component: lazyRouteComponent(() => import("@/features/session/session-page"), "SessionPage"),
})

const analytics = createRoute({
  getParentRoute: () => app,
  path: "/analytics",
  validateSearch: analyticsSearch,
  component: lazyRouteComponent(() => import("@/features/analytics/analytics-page"), "AnalyticsPage"),
})

const me = createRoute({
  getParentRoute: () => app,
  path: "/me",
  validateSearch: analyticsSearch,
  component: lazyRouteComponent(() => import("@/features/analytics/me-page"), "MePage"),
})

const insights = createRoute({
  getParentRoute: () => app,
  path: "/insights",
  validateSearch: insightSearch,
  component: lazyRouteComponent(() => import("@/features/insights/insights-page"), "InsightsPage"),
})

const insight = createRoute({
  getParentRoute: () => app,
  path: "/insights/$id",
  component: lazyRouteComponent(() => import("@/features/insights/insight-page"), "InsightPage"),
})

const notices = createRoute({
  getParentRoute: () => app,
  path: "/notifications",
  validateSearch: noticeSearch,
  component: lazyRouteComponent(() => import("@/features/notices/notices-page"), "NoticesPage"),
})

/** For a screen on the wall: signed in, without the frame around. */
const wall = createRoute({
  getParentRoute: () => root,
  path: "/wall",
  beforeLoad: ({ context, location }) => signInFirst(context.api, location.href),
  component: lazyRouteComponent(() => import("./wall-frame"), "WallFrame"),
})

const connect = createRoute({
  getParentRoute: () => app,
  path: "/connect",
  component: lazyRouteComponent(() => import("@/features/connect/connect-page"), "ConnectPage"),
})

const settings = createRoute({
  getParentRoute: () => app,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/features/settings/account-page"), "AccountPage"),
})

const machines = createRoute({
  getParentRoute: () => app,
  path: "/settings/machines",
  component: lazyRouteComponent(() => import("@/features/settings/machines-page"), "MachinesPage"),
})

const team = createRoute({
  getParentRoute: () => app,
  path: "/settings/team",
  component: lazyRouteComponent(() => import("@/features/settings/team-page"), "TeamPage"),
})

const members = createRoute({
  getParentRoute: () => app,
  path: "/settings/members",
  component: lazyRouteComponent(() => import("@/features/settings/members-page"), "MembersPage"),
})

const audit = createRoute({
  getParentRoute: () => app,
  path: "/settings/audit",
  component: lazyRouteComponent(() => import("@/features/settings/audit-page"), "AuditPage"),
})

const noticeSettings = createRoute({
  getParentRoute: () => app,
  path: "/settings/notifications",
  component: lazyRouteComponent(() => import("@/features/settings/notifications-page"), "NotificationsPage"),
})

const webhooks = createRoute({
  getParentRoute: () => app,
  path: "/settings/webhooks",
  component: lazyRouteComponent(() => import("@/features/settings/webhooks-page"), "WebhooksPage"),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: signInSearch,
  beforeLoad: ({ context, search }) => goOn(context.api, signInSearch(search).next),
  component: SignInPage,
})

const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  beforeLoad: ({ context }) => goOn(context.api),
  component: lazyRouteComponent(() => import("@/features/auth/register-page"), "RegisterPage"),
})

/** With or without an account: it finds out itself. */
const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite",
  component: lazyRouteComponent(() => import("@/features/auth/invite-page"), "InvitePage"),
})

/** A session for whoever has its link, which stands in the part of the address that no server hears of. */
const publicPage = createRoute({
  getParentRoute: () => root,
  path: "/public",
  component: lazyRouteComponent(() => import("@/features/session/public-page"), "PublicPage"),
})

/** To ask for a new password, and with the secret of a letter to choose it; signed in or not. */
const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  component: lazyRouteComponent(() => import("@/features/auth/reset-page"), "ResetPage"),
})

const pages = [dashboard, analytics, me, insights, insight, notices, session, connect] as const
const ofSettings = [settings, noticeSettings, machines, team, members, webhooks, audit] as const
const tree = root.addChildren([app.addChildren([...pages, ...ofSettings]), wall, signIn, register, invite, reset, publicPage])

export function buildRouter(api: Api, history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    context: { api },
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultPreloadDelay: 80,
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
    scrollToTopSelectors: ["[data-scroller]"],
    ...(history ? { history } : {}),
  })
}

/** Who is not signed in does so first, and comes back here. */
function signInFirst(api: Api, href: string): void {
  if (api.auth.state().kind === "signed-in") return
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to redirect
  throw redirect({ to: "/sign-in", search: href === "/" ? {} : { next: href } })
}

/** Who is signed in has no business on the pages for those who are not. */
function goOn(api: Api, next = "/"): void {
  if (api.auth.state().kind !== "signed-in") return
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to redirect
  throw redirect({ href: next })
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof buildRouter>
  }
}
