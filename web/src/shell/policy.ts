/**
 * The one policy of Trusted Types: the only script address that this client ever makes from a text is that of its
 * service worker.
 */

const WORKER = '/sw.js'

interface ScriptPolicy {
  createScriptURL(url: string): string
}

interface TrustedTypes {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy
}

const rules: ScriptPolicy = {
  createScriptURL(url) {
    if (url !== WORKER) throw new TypeError(`no script comes from ${url}`)
    return url
  },
}

const policy =
  (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('chatd', rules) ?? rules

/** The address of the service worker, as the browser wants it. */
export const workerUrl = (): string => policy.createScriptURL(WORKER)
