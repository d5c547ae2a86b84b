/** Compresses what the server sends, once and as well as it goes: `FILE.br` and `FILE.gz` beside each text. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const TEXTS = /\.(js|css|html|svg|webmanifest|txt)$/
/** Bytes; less leaves in one packet anyway. */
const LEAST = 1024

export function precompress(): Plugin {
  let outDir = ''
  return {
    name: 'chatd:precompress',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir)
    },
    // After the service worker is there.
    writeBundle: {
      order: 'post',
      sequential: true,
      handler() {
        for (const name of readdirSync(outDir, { recursive: true, encoding: 'utf8' })) {
          if (TEXTS.test(name)) compress(join(outDir, name))
        }
      },
    },
  }
}

function compress(file: string): void {
  const content = readFileSync(file)
  const made = {
    br: brotliCompressSync(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    }),
    gz: gzipSync(content, { level: 9 }),
  }
  for (const [kind, bytes] of Object.entries(made)) {
    if (content.length >= LEAST && bytes.length < content.length) writeFileSync(`${file}.${kind}`, bytes)
    else rmSync(`${file}.${kind}`, { force: true })
  }
}
