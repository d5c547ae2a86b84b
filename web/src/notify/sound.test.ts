import { expect, test, vi } from 'vitest'

test('much that comes at once sounds once', async () => {
  const tones: number[] = []
  const node = { connect: (next: unknown) => next, start() {}, stop() {} }
  const gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} }
  class Context {
    currentTime = 5
    resume = async () => undefined
  }
  class Tone {
    constructor(_: unknown, { frequency }: { frequency: number }) {
      tones.push(frequency)
      Object.assign(this, node)
    }
  }
  class Gain {
    constructor() {
      Object.assign(this, { ...node, gain })
    }
  }
  vi.stubGlobal('AudioContext', Context)
  vi.stubGlobal('OscillatorNode', Tone)
  vi.stubGlobal('GainNode', Gain)
  const { chime } = await import('./sound')
  await Promise.all([chime(), chime(), chime()])
  expect(tones).toEqual([660, 880])
})
