/** 128 random bits as text. `crypto.randomUUID` is only there on pages that came over HTTPS; this is on all. */
export function nonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
