import { useQuery } from "@tanstack/react-query"
import { useState } from "react"

import { useApi } from "@/api/context"
import { tokenList, useRevokeToken } from "@/api/tokens"
import type { ApiToken } from "@/api/types"
import { Button } from "@/components/button"
import { Confirm } from "@/components/confirm"
import { Dialog } from "@/components/dialog"
import { Nothing, Part, Section } from "@/components/section"
import { useToast } from "@/components/toasts"
import { date } from "@/lib/format/times"

import { NewTokenForm } from "./new-token-form"

export function Tokens() {
  const tokens = useQuery(tokenList(useApi()))
  const [creating, setCreating] = useState(false)
  return (
    <Section
      title="API tokens"
      definition="A token speaks in your name, within its scopes and never beyond your role."
      aside={<Button onClick={() => setCreating(true)}>New token</Button>}
    >
      <Part query={tokens} failure="The tokens could not be loaded">
        {({ items }) =>
          items.length === 0 ? (
            <Nothing>No token yet. Agents and scripts sign in with one.</Nothing>
          ) : (
            <ul className="divide-y divide-line">
              {items.map((token) => (
                <Row key={token.id} token={token} />
              ))}
            </ul>
          )
        }
      </Part>
      <Dialog open={creating} onOpenChange={setCreating} title="New API token" description="It is shown once, when it is made.">
        <NewTokenForm onDone={() => setCreating(false)} />
      </Dialog>
    </Section>
  )
}

function Row({ token }: { token: ApiToken }) {
  const revoke = useRevokeToken()
  const say = useToast()
  const end = () =>
    revoke.mutate(token.id, {
      onSuccess: () => say(`“${token.name}” is revoked`),
      onError: (error) => say(`“${token.name}” could not be revoked: ${error.message}`),
    })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{token.name}</span>
        <span className="text-meta text-muted">
          {token.scopes.join(", ")} · made {date(token.created_at)}
          {" · ends "}
          {date(token.expires_at)}
        </span>
      </span>
      <Confirm
        label={`Revoke ${token.name}`}
        ask="Revoke"
        warning="What uses it stops at once."
        act="Revoke for good"
        keep="Keep"
        busy={revoke.isPending}
        onAct={end}
      />
    </li>
  )
}
