import { defineConfig } from 'vitest/config'
import { emoji } from './build_steps/emoji.ts'

export default defineConfig({
  plugins: [emoji()],
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    isolate: false, // a process for each file costs three times what its tests do
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
