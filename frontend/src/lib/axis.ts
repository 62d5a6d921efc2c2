const MOST_TICKS = 5

/** At most five round values from zero upwards that hold the largest one. */
export function axisTicks(largest: number): number[] {
  if (largest <= 0) return [0]
  const rough = largest / (MOST_TICKS - 1)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  return Array.from({ length: Math.ceil(largest / step - 1e-9) + 1 }, (_, index) => index * step)
}
