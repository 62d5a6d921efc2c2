import { useInfiniteQuery } from "@tanstack/react-query"
import { Monitor, Smartphone } from "lucide-react"

import { useApi } from "@/api/context"
import { loginList, useEndLogin, useEndOtherLogins } from "@/api/logins"
import type { Login } from "@/api/types"
import { Ago } from "@/components/ago"
import { Button } from "@/components/button"
import { Confirm } from "@/components/confirm"
import { sentence } from "@/components/form"
import { More } from "@/components/more"
import { Part, Section } from "@/components/section"
import { useToast } from "@/components/toasts"
import { counted } from "@/lib/format/numbers"
import { date } from "@/lib/format/times"

import { browserName } from "./browser-name"

/** Where the person is signed in. */
export function Devices() {
  const logins = useInfiniteQuery(loginList(useApi()))
  const endOthers = useEndOtherLogins()
  const say = useToast()
  const held = logins.data?.pages.flatMap((page) => page.items) ?? []
  const others = held.filter((login) => !login.current).length
  const end = () =>
    endOthers.mutate(undefined, {
      onSuccess: () => say("You are signed in only here now"),
      onError: (error) => say(sentence(error)),
    })
  return (
    <Section
      title="Signed-in devices"
      definition="Every browser in which you signed in and did not sign out. Agents and scripts use tokens instead."
      aside={
        others > 0 && (
          <Confirm
            label="Sign out everywhere else"
            ask="Sign out everywhere else"
            warning={`${counted(others, "sign-in")} will end.`}
            act="Sign out there"
            keep="Keep"
            busy={endOthers.isPending}
            onAct={end}
          />
        )
      }
    >
      <Part query={logins} failure="The devices could not be loaded">
        {() => (
          <>
            <ul className="divide-y divide-line">
              {[...held].sort((one, other) => Number(other.current) - Number(one.current)).map((login) => (
                <Row key={login.id} login={login} />
              ))}
            </ul>
            <More query={logins} label="Show more" />
          </>
        )}
      </Part>
    </Section>
  )
}

function Row({ login }: { login: Login }) {
  const { name, mobile } = browserName(login.label)
  const end = useEndLogin()
  const say = useToast()
  const Icon = mobile ? Smartphone : Monitor
  const press = () =>
    end.mutate(login.id, {
      onSuccess: () => say(`${name} is signed out`),
      onError: (error) => say(sentence(error)),
    })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <Icon aria-hidden size={16} strokeWidth={1.5} className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium" data-tip={login.label || undefined}>
          {name}
        </span>
        <span className="text-meta text-muted">
          {login.current ? (
            "This browser"
          ) : (
            <>
              used <Ago iso={login.last_at} />
            </>
          )}{" "}
          · signed in {date(login.created_at)} · ends {date(login.expires_at)}
        </span>
      </span>
      {!login.current && (
        <Button aria-label={`Sign out ${name}`} busy={end.isPending} onClick={press}>
          Sign out
        </Button>
      )}
    </li>
  )
}
