/**
 * The service worker: `src/sw.ts`, built as one classic script beside the page, at an address that stays. It is told
 * what this build consists of.
 */

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Manifest, type Plugin } from 'vite'
import type { BuildFacts } from '../src/wire/build.ts'
import { firstLoad } from './first_load.ts'

export const MANIFEST = 'manifest.json'
const SOURCE = 'src/sw.ts'

/** For development and tests, where nothing is built. */
export const UNBUILT: BuildFacts = { id: 'unbuilt', shell: [], assets: [] }

export function serviceWorker(): Plugin {
  let root = ''
  let outDir = ''
  return {
    name: 'chatd:service-worker',
    apply: 'build',
    configResolved(config) {
      root = config.root
      outDir = join(config.root, config.build.outDir)
    },
    async writeBundle() {
      const source = join(root, SOURCE)
      if (!existsSync(source)) return
      await build({
        configFile: false,
        root,
        publicDir: false,
        logLevel: 'warn',
        define: { BUILD: JSON.stringify(factsOf(outDir)) },
        build: {
          outDir,
          emptyOutDir: false,
          target: 'baseline-widely-available',
          rolldownOptions: { input: source, output: { format: 'iife', entryFileNames: 'sw.js' } },
        },
      })
    },
  }
}

function factsOf(outDir: string): BuildFacts {
  const manifest = JSON.parse(readFileSync(join(outDir, MANIFEST), 'utf8')) as Manifest
  const page = readFileSync(join(outDir, 'index.html'))
  const files = Object.values(manifest).flatMap(({ file, css = [], assets = [] }) => [
    file,
    ...css,
    ...assets,
  ])
  const assets = [...new Set(files.map((file) => `/${file}`))].sort()
  const id = createHash('sha256').update(page).update(assets.join()).digest('hex').slice(0, 12)
  return { id, shell: ['/', ...firstLoad(manifest).map((file) => `/${file}`)], assets }
}
