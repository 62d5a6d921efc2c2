import { useSyncExternalStore } from "react"

import { kept } from "./kept"

export type Theme = "system" | "light" | "dark"

const KEY = "theme"
const listeners = new Set<() => void>()

/** What the person chose; where nothing was chosen, the system decides. */
export function chosenTheme(): Theme {
  const theme = kept.getItem(KEY)
  return theme === "light" || theme === "dark" ? theme : "system"
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") kept.removeItem(KEY)
  else kept.setItem(KEY, theme)
  paint(theme)
  for (const listener of listeners) listener()
}

/** Follows the system's switch while "system" is chosen. Returns what ends it. */
export function followSystem(): () => void {
  const query = matchMedia("(prefers-color-scheme: dark)")
  const follow = () => paint(chosenTheme())
  query.addEventListener("change", follow)
  return () => query.removeEventListener("change", follow)
}

export function useTheme(): Theme {
  return useSyncExternalStore(watch, chosenTheme)
}

function watch(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function paint(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches)
  document.documentElement.dataset.theme = dark ? "dark" : "light"
}
