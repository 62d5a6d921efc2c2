import { useSyncExternalStore } from "react"

import { kept } from "./kept"

export type Way = "notification" | "sound"

const KEY = "waiting-alerts"
const listeners = new Set<() => void>()
let held = read()

/** How this browser tells that a session of one's own waits; nothing unless it was chosen. */
export function useWaitingAlerts(): readonly Way[] {
  return useSyncExternalStore(watch, () => held)
}

export function chosenAlerts(): readonly Way[] {
  return held
}

export function chooseAlerts(ways: readonly Way[]): void {
  kept.setItem(KEY, ways.join(" "))
  held = read()
  for (const listener of listeners) listener()
}

/** Whether this browser lets pages notify at all. */
export function canNotify(): boolean {
  return "Notification" in window && Notification.permission !== "denied"
}

/** Asks the person, where the browser has not done so. Whether notifications may be shown from now on. */
export async function askToNotify(): Promise<boolean> {
  return canNotify() && (await Notification.requestPermission()) === "granted"
}

function read(): readonly Way[] {
  const words = kept.getItem(KEY)?.split(" ") ?? []
  return (["notification", "sound"] as const).filter((way) => words.includes(way))
}

function watch(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
