import { defineConfig } from 'vite'
import { emoji } from './build_steps/emoji.ts'
import { precompress } from './build_steps/precompress.ts'
import { MANIFEST, serviceWorker, UNBUILT } from './build_steps/service_worker.ts'

/** The chatd that `npm run dev` talks to. */
const CHATD = process.env.CHATD ?? 'http://127.0.0.1:8400'
const SERVED = ['/api', '/auth', '/files', '/graphql', '/monitor', '/recover', '/setup']

/** What every room loads once it is shown, whichever way: one script with one sheet of styles, not thirty with seven. */
const WITH_A_ROOM =
  /\/src\/(composer\/Composer|message\/Actions|room\/Announcer|notify\/start|shell\/clock)\.tsx?$/
/** What rooms share with signing in. */
const FORMS = /\/src\/ui\/(Dialog|Field|FormProblem|Submit|useForm)\.tsx?$/

export default defineConfig(({ command }) => ({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [emoji(), serviceWorker(), precompress()],
  // In a build only the service worker knows what it belongs to.
  define: command === 'build' ? {} : { BUILD: JSON.stringify(UNBUILT) },
  build: {
    // In the Python package, out of which the server serves it.
    outDir: '../chatd/gateway/http/web',
    emptyOutDir: true,
    target: 'baseline-widely-available',
    assetsInlineLimit: 0,
    // With the page comes one script. What is loaded later names its styles, which must be there before it is shown;
    // names of all the scripts that it leads to would be a kilobyte of the page's own.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, files) => files.filter((file) => file.endsWith('.css')),
    },
    manifest: MANIFEST,
    license: { fileName: 'licences.txt' },
    reportCompressedSize: false,
    // What the page needs at first is one file: it compresses better than thirty, and is one way to the server.
    rolldownOptions: {
      checks: { pluginTimings: false }, // to compress well takes its time
      output: {
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'], priority: 2 },
            { name: 'forms', test: FORMS, priority: 1 },
            { name: 'room', test: WITH_A_ROOM },
          ],
        },
      },
    },
  },
  server: {
    // The server answers only for its own address.
    proxy: {
      ...Object.fromEntries(SERVED.map((path) => [path, { target: CHATD, changeOrigin: true }])),
      '/ws': { target: CHATD, ws: true, changeOrigin: true, rewriteWsOrigin: true },
    },
  },
}))
