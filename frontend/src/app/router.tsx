import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect, type RouterHistory } from "@tanstack/react-router"

import type { Api } from "@/api/context"
import { signInSearch } from "@/features/auth/search"
import { SignInPage } from "@/features/auth/sign-in-page"
import { DashboardPage } from "@/features/dashboard/dashboard-page"
import { boardSearch } from "@/features/dashboard/filter"

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
  beforeLoad: ({ context, location }) => {
    if (context.api.auth.state().kind === "signed-in") return
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to redirect
    throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { next: location.href } })
  },
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
  component: lazyRouteComponent(() => import("@/features/session/session-page"), "SessionPage"),
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

const tree = root.addChildren([app.addChildren([dashboard, session, connect, settings, machines, team, members, audit]), signIn, register, invite])

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
