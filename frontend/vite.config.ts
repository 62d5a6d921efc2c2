import { fileURLToPath } from "node:url"

import tailwindcss from "@tailwindcss/vite"
import react from "@vitejs/plugin-react"
import type { Plugin } from "vite"
import { defineConfig } from "vitest/config"

const SERVICES = process.env.DASHBOARD_URL ?? "http://127.0.0.1:8000"

/** `--mode fake` runs the same application against the fake server of src/testing, in the browser itself. */
function fakeEntry(mode: string): Plugin {
  return {
    name: "fake-entry",
    transformIndexHtml: {
      order: "pre",
      handler: (html) => (mode === "fake" ? html.replace("/src/main.tsx", "/src/testing/fake-main.tsx") : html),
    },
  }
}

export default defineConfig(({ mode }) => ({
  plugins: [fakeEntry(mode), react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: mode === "fake" ? "node_modules/.cache/fake-dist" : "dist",
    // The page's policy has no data: source for fonts, so nothing may be inlined.
    assetsInlineLimit: 0,
    target: "es2022",
  },
  server: {
    proxy: {
      "/api": { target: SERVICES },
      "/ws": { target: SERVICES, ws: true },
    },
  },
  test: {
    // A page under axe takes seconds on a busy machine; nothing here measures time.
    testTimeout: 60_000,
    // To begin anew for each file takes half of the time. What a test stubs is put back after it.
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
    projects: [
      { extends: true, test: { name: "logic", environment: "node", include: ["src/**/*.test.ts"] } },
      { extends: true, test: { name: "pages", environment: "jsdom", include: ["src/**/*.test.tsx"], setupFiles: ["src/testing/setup.ts"] } },
    ],
  },
}))
