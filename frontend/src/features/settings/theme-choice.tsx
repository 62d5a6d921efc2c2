import { Monitor, Moon, Sun } from "lucide-react"

import { Section } from "@/components/section"
import { classes } from "@/lib/classes"
import { chooseTheme, useTheme } from "@/lib/theme"

const CHOICES = [
  { theme: "system", label: "System", icon: Monitor },
  { theme: "light", label: "Light", icon: Sun },
  { theme: "dark", label: "Dark", icon: Moon },
] as const

export function ThemeChoice() {
  const chosen = useTheme()
  return (
    <Section title="Appearance">
      <div role="group" aria-label="Theme" className="grid grid-cols-3 gap-1 rounded-md bg-track p-0.5">
        {CHOICES.map(({ theme, label, icon: Icon }) => (
          <button
            key={theme}
            type="button"
            aria-pressed={chosen === theme}
            onClick={() => chooseTheme(theme)}
            className={classes("inline-flex h-8 items-center justify-center gap-1.5 rounded-md", chosen === theme ? "bg-surface font-medium" : "text-muted")}
          >
            <Icon aria-hidden size={16} strokeWidth={1.5} />
            {label}
          </button>
        ))}
      </div>
    </Section>
  )
}
