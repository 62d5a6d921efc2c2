import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"

import { Collisions, LATEST_MS, SOONEST_MS, type Colliding, type FileCollision } from "./collisions"
import { LiveStore } from "./store"

const CHANNEL = "team:1"
const BOTH: FileCollision[] = [
  {
    repository: "acme/shop",
    path: "src/app.py",
    sessions: [
      { session_id: "a", user_id: "anna", username: "anna" },
      { session_id: "b", user_id: "ben", username: "Ben" },
    ],
  },
]

/** Two people's sessions in one repository, and a server that says what the test wants. */
class Bench {
  readonly store = new LiveStore<Colliding>()
  answer: FileCollision[] | Error = BOTH
  asked = 0
  version = 1
  readonly collisions = new Collisions<Colliding>(
    this.store,
    () => [...this.store.ids(CHANNEL)].flatMap((id) => this.store.get(id) ?? []),
    () => {
      this.asked += 1
      return this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(this.answer)
    },
  )

  put(id: string, user_id: string, part: Partial<Colliding> = {}): void {
    const data = { id, session_id: id, user_id, version: ++this.version, repository: "acme/shop", status: "active", files_changed: 1, ...part }
    this.store.apply({ type: "session_update", channel: CHANNEL, data })
  }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

let bench: Bench

beforeEach(() => {
  vi.useFakeTimers()
  bench = new Bench()
})

afterEach(() => {
  vi.useRealTimers()
})

describe("collisions", () => {
  it("tells each of the two of the other", async () => {
    bench.put("a", "anna")
    bench.put("b", "ben")
    bench.collisions.watch(() => undefined)
    await pass(0)
    expect(bench.collisions.of("a")).toEqual([{ path: "src/app.py", others: [{ id: "b", userId: "ben", name: "Ben" }] }])
    expect(bench.collisions.of("b")[0]?.others[0]?.name).toBe("anna")
    expect(bench.collisions.of("c")).toEqual([])
  })

  it("asks nothing while nobody looks, nor where nobody can be in another's way", async () => {
    bench.put("a", "anna")
    bench.put("a2", "anna")
    bench.put("b", "ben", { repository: "acme/other" })
    bench.put("c", "carl", { repository: null })
    bench.put("d", "dora", { status: "ended" })
    bench.put("e", "eva", { files_changed: 0 })
    const end = bench.collisions.watch(() => undefined)
    await pass(LATEST_MS)
    end()
    bench.put("b", "ben")
    await pass(LATEST_MS)
    expect(bench.asked).toBe(0)
  })

  it("asks again when another file was changed, not at once, and seldom when sessions only move on", async () => {
    bench.put("a", "anna")
    bench.put("b", "ben")
    bench.collisions.watch(() => undefined)
    await pass(0)
    bench.put("b", "ben")
    await pass(1_000)
    bench.put("b", "ben", { files_changed: 2 })
    await pass(SOONEST_MS - 1_001)
    expect(bench.asked).toBe(1)
    await pass(1)
    expect(bench.asked).toBe(2)
    for (let second = 0; second < LATEST_MS; second += 1_000) {
      bench.put("b", "ben", { files_changed: 2 })
      await pass(1_000)
    }
    expect(bench.asked).toBe(3)
  })

  it("lets go when one of the two has ended, and keeps what it has when it cannot ask", async () => {
    bench.put("a", "anna")
    bench.put("b", "ben")
    let told = 0
    bench.collisions.watch(() => (told += 1))
    await pass(0)
    const held = bench.collisions.of("a")
    bench.answer = new Error("away")
    bench.put("a", "anna", { files_changed: 2 })
    await pass(SOONEST_MS)
    expect(bench.collisions.of("a")).toBe(held)
    bench.answer = BOTH
    bench.put("a", "anna", { files_changed: 3 })
    await pass(SOONEST_MS)
    expect(bench.collisions.of("a")).toBe(held)
    bench.put("b", "ben", { status: "ended" })
    await pass(1_000)
    expect(bench.collisions.of("a")).toEqual([])
    expect(told).toBeGreaterThan(1)
  })

  it("keeps nothing of one person for the next", async () => {
    bench.put("a", "anna")
    bench.put("b", "ben")
    bench.collisions.watch(() => undefined)
    await pass(0)
    bench.put("b", "ben", { files_changed: 2 })
    bench.collisions.clear()
    await pass(SOONEST_MS)
    expect(bench.collisions.of("a")).toEqual([])
  })
})
