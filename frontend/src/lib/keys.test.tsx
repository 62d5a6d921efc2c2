import { fireEvent, render, screen } from "@testing-library/react"
import { beforeEach, expect, it, onTestFinished } from "vitest"

import { listenForKeys, useShortcuts } from "./keys"

let pressed: string[] = []

function Page({ keys }: { keys: string[] }) {
  useShortcuts(keys.map((key) => ({ keys: key, label: key, run: () => pressed.push(key), always: key === "mod+k" })))
  return <input aria-label="field" />
}

function open(...keys: string[]) {
  onTestFinished(listenForKeys(document))
  return render(<Page keys={keys} />)
}

const press = (key: string, target: Element = document.body, more = {}) => fireEvent.keyDown(target, { key, ...more })

beforeEach(() => {
  pressed = []
})

it("runs a key, and a sequence of two", () => {
  open("j", "g d")
  press("j")
  press("g")
  press("d")
  expect(pressed).toEqual(["j", "g d"])
})

it("forgets a sequence that was broken off", () => {
  open("g d")
  press("g")
  press("x")
  press("d")
  expect(pressed).toEqual([])
})

it("leaves keys alone while the person types, but for those that hold always", () => {
  open("j", "mod+k")
  press("j", screen.getByLabelText("field"))
  press("k", screen.getByLabelText("field"), { ctrlKey: true })
  expect(pressed).toEqual(["mod+k"])
})

it("leaves the browser its own combinations", () => {
  open("j")
  press("j", document.body, { ctrlKey: true })
  press("j", document.body, { altKey: true })
  expect(pressed).toEqual([])
})

it("lets the page above have the key, and gives it back", () => {
  const frame = open("Escape")
  const page = render(<Page keys={["Escape", "j"]} />)
  press("j")
  expect(pressed).toEqual(["j"])
  page.unmount()
  press("j")
  press("Escape")
  expect(pressed).toEqual(["j", "Escape"])
  frame.unmount()
  press("Escape")
  expect(pressed).toHaveLength(2)
})
