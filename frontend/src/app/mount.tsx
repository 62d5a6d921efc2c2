import { setNonce } from "get-nonce"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"

import { listenForKeys } from "@/lib/keys"
import { followSystem } from "@/lib/theme"

import { App } from "./app"
import { compose, type World } from "./compose"
import "./theme.css"

/** Starts the application in the page. */
export function mount(world: World): void {
  // Layers that lock scrolling add a style element: the page's policy wants the server's nonce on it.
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content
  if (nonce) setNonce(nonce)
  followSystem()
  listenForKeys(document)
  const root = document.getElementById("root")
  if (!root) throw new Error("The page has no #root")
  createRoot(root).render(
    <StrictMode>
      <App composition={compose(world)} />
    </StrictMode>,
  )
}
