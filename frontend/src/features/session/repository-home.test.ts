import { describe, expect, it } from "vitest"

import { commitUrl, homeOf, homeUrl } from "./repository-home"

const SHA = "9f3c2a07d41b8e05c6f1a2b3c4d5e6f708192a3b"
const link = (repository: string | null, pulls: string[] = []) => commitUrl(homeOf(repository, pulls), SHA)

describe("where a repository lives", () => {
  it.each([
    ["github.com/acme/shop", `https://github.com/acme/shop/commit/${SHA}`],
    ["https://github.com/acme/shop.git", `https://github.com/acme/shop/commit/${SHA}`],
    ["git@gitlab.com:acme/back/shop.git", `https://gitlab.com/acme/back/shop/-/commit/${SHA}`],
    ["ssh://git@bitbucket.org/acme/shop", `https://bitbucket.org/acme/shop/commits/${SHA}`],
    ["GitHub.com/acme/shop/", `https://github.com/acme/shop/commit/${SHA}`],
  ])("is read from %s", (repository, expected) => {
    expect(link(repository)).toBe(expected)
  })

  it("is told by a pull request to the same owner and name", () => {
    expect(link("acme/shop", ["https://github.com/acme/shop/pull/482"])).toBe(`https://github.com/acme/shop/commit/${SHA}`)
    expect(link("acme/shop", ["https://gitlab.com/acme/shop/-/merge_requests/3"])).toBe(`https://gitlab.com/acme/shop/-/commit/${SHA}`)
    expect(link("acme/shop", ["https://github.com/somebody/shop/pull/1"])).toBeNull()
  })

  it.each([
    null, "acme/shop", "shop", "git.acme.example/acme/shop", "github.com.evil.example/acme/shop", "https://evil.example/github.com/acme/shop",
    "javascript:alert(1)//github.com/a/b", "http://github.com/acme/shop", "github.com/acme/../settings", "github.com/acme", "github.com/acme/shop?x=1",
    "https://github.com@evil.example/acme/shop", "constructor/acme/shop",
  ])("is not known of %s", (repository) => {
    expect(link(repository)).toBeNull()
  })
})

it("links to no commit that is no hash", () => {
  const home = homeOf("github.com/acme/shop")
  expect(commitUrl(home, "../../settings")).toBeNull()
  expect(commitUrl(null, SHA)).toBeNull()
  expect(home && homeUrl(home)).toBe("https://github.com/acme/shop")
})
