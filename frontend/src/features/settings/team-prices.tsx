import { Plus, X } from "lucide-react"
import { useState } from "react"

import type { ModelPrices, Team } from "@/api/types"
import { Button } from "@/components/button"
import { inputClasses } from "@/components/field"

const COLUMNS = [
  { name: "input", label: "Input" },
  { name: "output", label: "Output" },
  { name: "cache_read", label: "Cache read" },
  { name: "cache_write", label: "Cache write" },
] as const

interface Line {
  key: number
  model: string
  prices: Partial<ModelPrices>
}

/** What the team pays for a model where that is not the list price. */
export function PriceFields({ team }: { team: Team }) {
  const [lines, setLines] = useState<readonly Line[]>(() => Object.entries(team.settings.prices ?? {}).map(([model, prices], key) => ({ key, model, prices })))
  const add = () => setLines([...lines, { key: Math.max(-1, ...lines.map((line) => line.key)) + 1, model: "", prices: {} }])
  return (
    <div className="flex flex-col gap-2">
      <p className="text-muted">US dollars for a million tokens. A model that is not here costs its list price; a cache that is not named costs what input costs.</p>
      {lines.map(({ key, model, prices }) => (
        <div key={key} role="group" aria-label={model === "" ? "New model" : `Prices of ${model}`} className="grid grid-cols-2 items-end gap-2 border-b border-line pb-2 sm:grid-cols-[minmax(0,1fr)_repeat(4,6rem)_2rem] sm:border-0 sm:pb-0">
          <label className="col-span-2 flex flex-col gap-1 sm:col-span-1">
            <span className="text-meta text-muted">Model</span>
            <input name="price_model" required maxLength={200} defaultValue={model} autoComplete="off" className={`${inputClasses} font-mono text-meta`} />
          </label>
          {COLUMNS.map(({ name, label }, index) => (
            <label key={name} className="flex flex-col gap-1">
              <span className="text-meta text-muted">{label}</span>
              <input name={`price_${name}`} type="number" min={0} step="any" required={index < 2} defaultValue={prices[name] ?? ""} className={`${inputClasses} tabular-nums`} />
            </label>
          ))}
          <Button look="ghost" square aria-label={model === "" ? "Take this model away" : `Take the prices of ${model} away`} onClick={() => setLines(lines.filter((line) => line.key !== key))}>
            <X aria-hidden size={14} strokeWidth={1.5} />
          </Button>
        </div>
      ))}
      <div>
        <Button onClick={add}>
          <Plus aria-hidden size={14} strokeWidth={1.5} />
          Price a model
        </Button>
      </div>
    </div>
  )
}

/** What the fields say. Prices that this form does not show stay as they are. */
export function pricesOf(values: FormData, before: Record<string, ModelPrices> = {}): Record<string, ModelPrices> {
  const column = (name: string) => values.getAll(`price_${name}`).map((value) => (typeof value === "string" ? value.trim() : ""))
  const [models, inputs, outputs, reads, writes] = ["model", "input", "output", "cache_read", "cache_write"].map(column)
  const number = (text: string | undefined) => (text === undefined || text === "" ? null : Number(text))
  return Object.fromEntries(
    (models ?? []).map((model, index) => [
      model,
      {
        ...before[model],
        input: Number(inputs?.[index]),
        output: Number(outputs?.[index]),
        cache_read: number(reads?.[index]),
        cache_write: number(writes?.[index]),
      },
    ]),
  )
}
