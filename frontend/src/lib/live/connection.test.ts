import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"

import { FakeSocket } from "@/testing/fake-socket"

import { Connection, PING_EVERY_MS, PONG_WITHIN_MS, STALE_AFTER_MS } from "./connection"
import type { ServerFrame, Versioned } from "./frames"

const CHANNEL = "team:1"

/** A connection with everything around it in the hands of the test. */
class Bench {
  readonly sockets: FakeSocket<Versioned>[] = []
  readonly frames: ServerFrame<Versioned>[] = []
  readonly phases: string[] = []
  renewals = 0
  current: string | null = "token-0"
  random = 1
  readonly connection = new Connection<Versioned>({
    url: "ws://here/ws/sessions",
    open: (url) => {
      const socket = new FakeSocket<Versioned>(url)
      this.sockets.push(socket)
      return socket
    },
    token: () => Promise.resolve(this.current),
    renew: () => {
      this.renewals += 1
      if (this.current !== null) this.current = `token-${this.renewals}`
      return Promise.resolve(this.current)
    },
    onFrame: (frame) => this.frames.push(frame),
    random: () => this.random,
  })

  constructor() {
    this.connection.onState(() => this.phases.push(this.connection.state().phase))
  }

  get phase(): string {
    return this.connection.state().phase
  }

  get socket(): FakeSocket<Versioned> {
    return this.sockets.at(-1)!
  }

  async open(): Promise<void> {
    this.connection.subscribe(CHANNEL)
    this.connection.start()
    await pass(0)
    this.socket.accept()
  }

  async live(cursor = "e:1"): Promise<void> {
    await this.open()
    this.answer(cursor)
  }

  answer(cursor = "e:1"): void {
    this.socket.say({ type: "subscribed", channel: CHANNEL, cursor, sessions: [], truncated: false })
  }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

let bench: Bench

beforeEach(() => {
  vi.useFakeTimers()
  bench = new Bench()
})

afterEach(() => {
  bench.connection.stop()
  vi.useRealTimers()
})

describe("opening", () => {
  it("says who it is in the first frame, then subscribes", async () => {
    await bench.open()
    expect(bench.socket.sent.slice(0, 2)).toEqual([
      { type: "auth", token: "token-0" },
      { type: "subscribe", channel: CHANNEL, filters: {} },
    ])
    expect(bench.phase).toBe("connecting")
  })

  it("is live only when every subscription is answered", async () => {
    bench.connection.subscribe("session:9")
    await bench.open()
    bench.answer()
    expect(bench.phase).toBe("connecting")
    bench.socket.say({ type: "subscribed", channel: "session:9", cursor: "e:1", sessions: [], truncated: false })
    expect(bench.phase).toBe("live")
  })

  it("counts a refused channel as answered", async () => {
    await bench.open()
    bench.socket.say({ type: "error", code: "not_found", channel: CHANNEL })
    expect(bench.phase).toBe("live")
  })

  it("sends nothing before the socket is open", async () => {
    bench.connection.start()
    await pass(0)
    bench.connection.subscribe("session:9")
    expect(bench.socket.sent).toEqual([])
    bench.socket.accept()
    expect(bench.socket.sentOf("subscribe").map((frame) => frame.channel)).toEqual(["session:9"])
  })

  it("gives up when nobody is signed in", async () => {
    bench.current = null
    bench.connection.start()
    await pass(60_000)
    expect(bench.sockets).toHaveLength(0)
    expect(bench.connection.state()).toMatchObject({ phase: "stale", refused: true })
  })
})

describe("frames", () => {
  it("hands on what is inside a batch, and remembers the cursor", async () => {
    await bench.live()
    const update = { type: "session_update", channel: CHANNEL, cursor: "e:7", data: { id: "a", session_id: "a", version: 2 } } as const
    bench.socket.say({ type: "batch", frames: [update] })
    expect(bench.frames.at(-1)).toEqual(update)
    bench.socket.end(1006)
    await pass(500)
    bench.socket.accept()
    expect(bench.socket.sentOf("subscribe")[0]).toMatchObject({ since: "e:7" })
  })

  it("passes over what is no frame and what is not asked for any more", async () => {
    await bench.live()
    const before = bench.frames.length
    bench.socket.onmessage?.({ data: "{ not json" })
    bench.connection.unsubscribe(CHANNEL)
    bench.socket.say({ type: "session_update", channel: CHANNEL, cursor: "e:2", data: { id: "a", session_id: "a", version: 2 } })
    expect(bench.frames).toHaveLength(before)
    expect(bench.socket.sentOf("unsubscribe")).toHaveLength(1)
  })

  it("is not live between a resync and the snapshot that follows it", async () => {
    await bench.live()
    bench.socket.say({ type: "resync", channel: CHANNEL })
    expect(bench.phase).toBe("reconnecting")
    bench.answer("f:1")
    expect(bench.phase).toBe("live")
  })

  it("forgets the cursor at a resync", async () => {
    await bench.live()
    bench.socket.say({ type: "resync", channel: CHANNEL })
    bench.socket.end(1006)
    await pass(500)
    bench.socket.accept()
    expect(bench.socket.sentOf("subscribe")[0]).not.toHaveProperty("since")
  })
})

describe("coming back", () => {
  it("goes from live to reconnecting to stale, and back to live", async () => {
    await bench.live()
    bench.socket.end(1006)
    expect(bench.phase).toBe("reconnecting")
    for (let waited = 0; waited < STALE_AFTER_MS; waited += 500) {
      await pass(500)
      if (bench.socket.closedWith === null) bench.socket.end(1006)
    }
    expect(bench.phase).toBe("stale")
    await pass(15_000)
    bench.socket.accept()
    bench.answer()
    expect(bench.phases).toEqual(["connecting", "live", "reconnecting", "stale", "live"])
  })

  it("waits longer after each failure, and starts over once it was live", async () => {
    await bench.live()
    bench.socket.end(1006)
    await pass(499)
    expect(bench.sockets).toHaveLength(1)
    await pass(1)
    expect(bench.sockets).toHaveLength(2)
    bench.socket.end(1006)
    await pass(999)
    expect(bench.sockets).toHaveLength(2)
    await pass(1)
    expect(bench.sockets).toHaveLength(3)
    bench.socket.accept()
    bench.answer()
    bench.socket.end(1006)
    await pass(500)
    expect(bench.sockets).toHaveLength(4)
  })

  it("replaces an expired token and returns at once (4401)", async () => {
    await bench.live()
    bench.socket.end(4401)
    await pass(0)
    expect(bench.renewals).toBe(1)
    bench.socket.accept()
    expect(bench.socket.sentOf("auth")[0]).toEqual({ type: "auth", token: "token-1" })
  })

  it("does not hammer with new tokens that are refused as well", async () => {
    await bench.live()
    bench.socket.end(4401)
    await pass(0)
    bench.socket.accept()
    bench.socket.end(4401)
    await pass(0)
    expect(bench.renewals).toBe(1)
    await pass(1_000)
    expect(bench.renewals).toBe(2)
  })

  it("stops for a token that may open no socket (4403)", async () => {
    await bench.live()
    bench.socket.end(4403)
    await pass(60_000)
    expect(bench.sockets).toHaveLength(1)
    expect(bench.connection.state()).toMatchObject({ phase: "stale", refused: true })
  })

  it("takes the full pause when there are too many (4429)", async () => {
    bench.random = 0
    await bench.live()
    bench.socket.end(4429)
    await pass(14_999)
    expect(bench.sockets).toHaveLength(1)
    await pass(1)
    expect(bench.sockets).toHaveLength(2)
  })

  it("waits as long as a restarting server asks (1012)", async () => {
    await bench.live()
    bench.socket.end(1012, '{"retry_in_ms": 7000}')
    await pass(6_999)
    expect(bench.sockets).toHaveLength(1)
    await pass(1)
    expect(bench.sockets).toHaveLength(2)
  })

  it("resumes from its cursor when it was too slow (4408)", async () => {
    await bench.live("e:5")
    bench.socket.end(4408)
    await pass(500)
    bench.socket.accept()
    expect(bench.socket.sentOf("subscribe")[0]).toMatchObject({ since: "e:5" })
  })

  it("tries at once when a person asks", async () => {
    await bench.live()
    bench.socket.end(4429)
    bench.connection.retry()
    await pass(0)
    expect(bench.sockets).toHaveLength(2)
  })

  it("ends for good when stopped", async () => {
    await bench.live()
    bench.connection.stop()
    await pass(60_000)
    expect(bench.sockets).toHaveLength(1)
    expect(bench.socket.closedWith).toBe(1000)
  })
})

describe("signs of life", () => {
  it("asks for one when the server is silent", async () => {
    await bench.live()
    const before = bench.socket.sentOf("ping").length
    await pass(PING_EVERY_MS)
    expect(bench.socket.sentOf("ping")).toHaveLength(before + 1)
  })

  it("leaves a socket that gives none", async () => {
    await bench.live()
    await pass(PING_EVERY_MS + PONG_WITHIN_MS)
    expect(bench.phase).toBe("reconnecting")
    await pass(500)
    expect(bench.sockets).toHaveLength(2)
  })

  it("shows a newer token on the open socket before the old one ends", async () => {
    await bench.live()
    bench.current = "token-new"
    await pass(PING_EVERY_MS)
    expect(bench.socket.sentOf("auth").map((frame) => frame.token)).toEqual(["token-0", "token-new"])
    expect(bench.sockets).toHaveLength(1)
  })
})
