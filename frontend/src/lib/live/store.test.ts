import { beforeEach, describe, expect, it } from "vitest"

import type { Versioned } from "./frames"
import { LiveStore } from "./store"

interface Thing extends Versioned {
  text: string
}

const CHANNEL = "team:1"
const thing = (id: string, version: number, text = `${id}${version}`): Thing => ({ id, version, text })
const snapshot = (...sessions: Thing[]) => ({ type: "subscribed", channel: CHANNEL, cursor: "e:1", sessions, truncated: false }) as const
const update = (one: Thing, channel = CHANNEL) => ({ type: "session_update", channel, cursor: "e:2", data: { ...one, session_id: one.id } }) as const
const left = (id: string, version?: number) =>
  ({ type: "session_update", channel: CHANNEL, cursor: "e:3", data: { session_id: id, ...(version === undefined ? {} : { version }) }, left: true }) as const

let store: LiveStore<Thing>

beforeEach(() => {
  store = new LiveStore<Thing>()
})

describe("versions", () => {
  it("keeps the newest whatever the order of arrival", () => {
    store.apply(snapshot(thing("a", 5)))
    store.apply(update(thing("a", 4)))
    expect(store.get("a")?.version).toBe(5)
    store.apply(update(thing("a", 6)))
    expect(store.get("a")?.version).toBe(6)
  })

  it("gives one state for every order of the same frames", () => {
    const frames = [snapshot(thing("a", 1)), update(thing("a", 2)), update(thing("a", 3)), update(thing("b", 1))]
    const states = permutations(frames.slice(1)).map((rest) => {
      const one = new LiveStore<Thing>()
      for (const frame of [frames[0]!, ...rest, ...rest]) one.apply(frame)
      return [one.get("a"), one.get("b"), [...one.ids(CHANNEL)].sort()]
    })
    for (const state of states) expect(state).toEqual(states[0])
  })

  it("does not bring back what was deleted", () => {
    store.apply(snapshot(thing("a", 5)))
    store.apply({ type: "session_deleted", channel: CHANNEL, data: { session_id: "a", version: 6 } })
    store.apply(update(thing("a", 6)))
    expect(store.get("a")).toBeUndefined()
    expect(store.ids(CHANNEL).has("a")).toBe(false)
  })
})

describe("leaving", () => {
  it("forgets the content of a session made private", () => {
    store.apply(snapshot(thing("a", 5), thing("b", 1)))
    store.apply(left("a", 6))
    expect(store.get("a")).toBeUndefined()
    expect([...store.ids(CHANNEL)]).toEqual(["b"])
  })

  it("does not take back an older state afterwards, but the next one", () => {
    store.apply(snapshot(thing("a", 5)))
    store.apply(left("a", 6))
    store.apply(update(thing("a", 5)))
    expect(store.get("a")).toBeUndefined()
    store.apply(update(thing("a", 7)))
    expect(store.get("a")?.version).toBe(7)
  })

  it("keeps a session that another channel still shows", () => {
    store.apply(snapshot(thing("a", 5)))
    store.apply(update(thing("a", 5), "session:a"))
    store.apply(left("a", 6))
    expect(store.get("a")?.version).toBe(5)
    expect(store.ids("session:a").has("a")).toBe(true)
  })
})

describe("shelves", () => {
  it("keep what no channel shows, through snapshots", () => {
    store.shelve("earlier", [thing("old", 3)])
    store.apply(snapshot(thing("a", 1)))
    store.apply(snapshot())
    expect(store.get("old")?.version).toBe(3)
    expect(store.get("a")).toBeUndefined()
  })

  it("lose what is made private or deleted, although no channel showed it", () => {
    store.shelve("earlier", [thing("old", 3), thing("older", 1)])
    store.apply(snapshot())
    store.apply(left("old", 4))
    store.apply({ type: "session_deleted", channel: CHANNEL, data: { session_id: "older", version: 2 } })
    expect(store.get("old")).toBeUndefined()
    expect(store.ids("earlier").size).toBe(0)
  })
})

describe("snapshots", () => {
  it("replace what a channel holds", () => {
    store.apply(snapshot(thing("a", 1), thing("b", 1)))
    store.apply(snapshot(thing("b", 2)))
    expect([...store.ids(CHANNEL)]).toEqual(["b"])
    expect(store.get("a")).toBeUndefined()
  })

  it("add to it when the server resumed from the cursor", () => {
    store.apply(snapshot(thing("a", 1)))
    store.apply({ ...snapshot(thing("b", 1)), resumed: true })
    expect([...store.ids(CHANNEL)]).toEqual(["a", "b"])
    expect(store.channel(CHANNEL).loaded).toBe(true)
  })

  it("say whether the channel is loaded, cut short or refused", () => {
    expect(store.channel(CHANNEL)).toEqual({ loaded: false, truncated: false, refused: false })
    store.apply({ ...snapshot(), truncated: true })
    expect(store.channel(CHANNEL)).toEqual({ loaded: true, truncated: true, refused: false })
    store.apply({ type: "error", code: "not_found", channel: "team:2" })
    expect(store.channel("team:2").refused).toBe(true)
  })
})

describe("listeners", () => {
  it("hear of their own session only", () => {
    store.apply(snapshot(thing("a", 1), thing("b", 1)))
    let heardA = 0
    let heardB = 0
    store.watch("a", () => heardA++)
    const end = store.watch("b", () => heardB++)
    store.apply({ type: "batch", frames: [update(thing("a", 2)), update(thing("a", 3))] })
    expect([heardA, heardB]).toEqual([2, 0])
    end()
    store.apply(update(thing("b", 2)))
    expect(heardB).toBe(0)
  })

  it("hear once of a whole batch, and not of what changes nothing", () => {
    let heard = 0
    store.watchAll(() => heard++)
    store.apply({ type: "batch", frames: [update(thing("a", 1)), update(thing("b", 1))] })
    store.apply(update(thing("a", 1)))
    expect(heard).toBe(1)
  })

  it("find the same set of ids until one comes or goes", () => {
    store.apply(snapshot(thing("a", 1)))
    const ids = store.ids(CHANNEL)
    store.apply(update(thing("a", 2)))
    expect(store.ids(CHANNEL)).toBe(ids)
    store.apply(update(thing("b", 1)))
    expect(store.ids(CHANNEL)).not.toBe(ids)
  })

  it("are told when everything is forgotten", () => {
    store.apply(snapshot(thing("a", 1)))
    let heard = 0
    store.watch("a", () => heard++)
    store.clear()
    expect(heard).toBe(1)
    expect(store.ids(CHANNEL).size).toBe(0)
  })
})

function permutations<T>(list: T[]): T[][] {
  if (list.length < 2) return [list]
  return list.flatMap((one, index) => permutations(list.filter((_, other) => other !== index)).map((rest) => [one, ...rest]))
}

describe("hiding", () => {
  it("shows nothing of it, whatever comes, until it is taken back", () => {
    let told = 0
    store.apply(snapshot(thing("a", 1), thing("b", 1)))
    store.watch("a", () => (told += 1))
    store.hide("a")
    expect([store.get("a"), store.get("b")?.id, store.isHidden("a")]).toEqual([undefined, "b", true])
    store.apply(update(thing("a", 2)))
    expect(store.get("a")).toBeUndefined()
    store.unhide("a")
    expect(store.get("a")?.version).toBe(2)
    expect(told).toBe(3)
  })
})
