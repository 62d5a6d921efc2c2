/** The page of a repository at its host; only hosts whose addresses are known are ever linked to. */

const COMMIT_PATHS: Record<string, string> = {
  "github.com": "/commit/",
  "gitlab.com": "/-/commit/",
  "bitbucket.org": "/commits/",
}
// https://host/owner/name, ssh://git@host/owner/name, git@host:owner/name, host/owner/name
const ADDRESS = /^(?:(?:https|ssh|git):\/\/)?(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+)[:/](.+)$/
const NAME = /^(?!\.{1,2}$)[\w.-]+$/
const SHA = /^[0-9a-f]{7,64}$/i

export interface RepositoryHome {
  host: string
  /** owner/name, at some hosts with groups between. */
  path: string
}

/**
 * Where the repository lives, as far as that can be told: by its own name where that holds the host, or by a pull
 * request that was made to the very same owner/name. Null where it is not known, or at a host that is not one of ours.
 */
export function homeOf(repository: string | null, pullRequests: readonly string[] = []): RepositoryHome | null {
  if (repository === null) return null
  const named = parsed(repository)
  if (named) return named
  const path = pathOf(repository)
  const homes = pullRequests.flatMap((url) => parsed(url.replace(/\/(?:-\/)?(?:pull|merge_requests|pull-requests)\/.*$/, "")) ?? [])
  return homes.find((home) => home.path.toLowerCase() === path?.toLowerCase()) ?? null
}

export function homeUrl({ host, path }: RepositoryHome): string {
  return `https://${host}/${path}`
}

/** The commit's page; null for what is no hash. */
export function commitUrl(home: RepositoryHome | null, sha: string): string | null {
  return home && SHA.test(sha) ? `${homeUrl(home)}${COMMIT_PATHS[home.host] ?? ""}${sha}` : null
}

function parsed(address: string): RepositoryHome | null {
  const [, host = "", rest = ""] = ADDRESS.exec(address.trim()) ?? []
  const path = pathOf(rest)
  return Object.hasOwn(COMMIT_PATHS, host.toLowerCase()) && path ? { host: host.toLowerCase(), path } : null
}

function pathOf(text: string): string | null {
  const path = text.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "")
  const names = path.split("/")
  return names.length >= 2 && names.every((name) => NAME.test(name)) ? path : null
}
