const NOTES = [
  { hertz: 660, at: 0 },
  { hertz: 880, at: 0.14 },
]
const LENGTH_S = 0.28
const LOUDNESS = 0.12

/** Two short notes. A browser plays them only after the person has pressed something on the page. */
export function chime(): void {
  if (!("AudioContext" in window)) return
  const context = new AudioContext()
  for (const { hertz, at } of NOTES) {
    const [voice, volume] = [context.createOscillator(), context.createGain()]
    const start = context.currentTime + at
    voice.frequency.value = hertz
    volume.gain.setValueAtTime(LOUDNESS, start)
    volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH_S)
    voice.connect(volume).connect(context.destination)
    voice.start(start)
    voice.stop(start + LENGTH_S)
  }
  setTimeout(() => void context.close(), 1_000)
}
