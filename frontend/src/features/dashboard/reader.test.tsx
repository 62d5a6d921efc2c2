import { fireEvent } from "@testing-library/react"
import { beforeEach, describe, expect, it, vi } from "vitest"

import { Reader } from "./reader"

describe("somebody is at the list", () => {
  let list: HTMLElement
  let scroller: HTMLElement
  let reader: Reader

  beforeEach(() => {
    vi.useFakeTimers()
    document.body.innerHTML = "<main><ul><li><a href='#x'>card</a></li></ul></main>"
    scroller = document.querySelector("main")!
    list = document.querySelector("ul")!
    reader = new Reader(list, scroller)
    const end = reader.listen()
    vi.advanceTimersByTime(10_000)
    return () => {
      end()
      vi.useRealTimers()
      document.body.innerHTML = ""
    }
  })

  it("not when nobody has moved for a while", () => {
    expect(reader.isReading()).toBe(false)
  })

  it("while the pointer is over it", () => {
    fireEvent.pointerEnter(list)
    vi.advanceTimersByTime(60_000)
    expect(reader.isReading()).toBe(true)
    fireEvent.pointerLeave(list)
    expect(reader.isReading()).toBe(false)
  })

  it("while a card has the focus", () => {
    list.querySelector("a")!.focus()
    expect(reader.isReading()).toBe(true)
  })

  it("while they have scrolled down", () => {
    scroller.scrollTop = 400
    expect(reader.isReading()).toBe(true)
  })

  it("for five seconds after any movement on the page", () => {
    fireEvent.pointerMove(document.body)
    vi.advanceTimersByTime(4_900)
    expect(reader.isReading()).toBe(true)
    vi.advanceTimersByTime(200)
    expect(reader.isReading()).toBe(false)
  })
})
