/**
 * Why something did not work, in the reader's language. The server speaks English: where that is not the reader's, the
 * sentences are loaded, and what the server said stands behind them.
 */

import { signal } from '@preact/signals'
import type { Failure } from '../data/refusal'

type Wording = (failure: Partial<Failure> & { readonly message: string }) => string

export const wording = signal<Wording | null>(null)

export function said(failure: Parameters<Wording>[0]): string {
  return wording.value?.(failure) ?? failure.message
}
