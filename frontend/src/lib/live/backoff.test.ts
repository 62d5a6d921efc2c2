import { describe, expect, it } from "vitest"

import { askedWait, backoff, BACKOFF_BASE_MS, BACKOFF_CAP_MS } from "./backoff"

describe("backoff", () => {
  it("is full jitter: from nothing up to the doubled wait", () => {
    expect(backoff(3, () => 0)).toBe(0)
    expect(backoff(3, () => 1)).toBe(BACKOFF_BASE_MS * 8)
  })

  it("never waits longer than 15 s", () => {
    expect(backoff(50, () => 1)).toBe(BACKOFF_CAP_MS)
    expect(BACKOFF_CAP_MS).toBe(15_000)
  })
})

describe("askedWait", () => {
  it("reads the wait out of a close reason", () => {
    expect(askedWait('{"retry_in_ms": 4200}')).toBe(4200)
  })

  it.each(["", "restarting", "null", "[]", '{"retry_in_ms": "soon"}', '{"retry_in_ms": -5}'])("takes %j for no answer", (reason) => {
    expect(askedWait(reason)).toBeNull()
  })
})
