/** A short sound, made and not loaded. */

let context: AudioContext | undefined
/** Of what came while the connection was away all would sound together, and as loud. */
const PAUSE_MS = 1_000
let last = Number.NEGATIVE_INFINITY

export async function chime(): Promise<void> {
  const now = performance.now()
  if (now - last < PAUSE_MS) return
  last = now
  try {
    context ??= new AudioContext()
    await context.resume()
    const start = context.currentTime
    for (const [index, hertz] of [660, 880].entries()) {
      const at = start + index * 0.09
      const tone = new OscillatorNode(context, { type: 'sine', frequency: hertz })
      const loudness = new GainNode(context, { gain: 0 })
      loudness.gain.setValueAtTime(0, at)
      loudness.gain.linearRampToValueAtTime(0.12, at + 0.01)
      loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.16)
      tone.connect(loudness).connect(context.destination)
      tone.start(at)
      tone.stop(at + 0.17)
    }
  } catch {
    // Nobody has touched the page yet, or there is nothing to play it on.
  }
}
