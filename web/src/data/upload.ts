/**
 * Uploads by tus 1.0 (https://tus.io/protocols/resumable-upload): what was acknowledged is on the server's disk, so a
 * broken connection goes on from there. Where another node of the server answers, which knows nothing of it, the upload
 * begins again.
 */

import type { FileInfo } from '../wire/contract'
import { Lost, Refused } from './refusal'

/** `T`: what is wanted of the file in the end. */
export interface UploadOptions<T = FileInfo> {
  /** An access token that is good now. */
  token(): Promise<string>
  /** What is known of a file, by its id. */
  info(file: string): Promise<T>
  /** Hears how many bytes the server has, or has been sent. */
  progress?(bytes: number): void
  signal?: AbortSignal
  /** Where the server has a part of the file already, from an earlier try. */
  at?: string | null
  /** Hears where the server takes the file, for a later try. */
  began?(path: string): void
  /** Tests give their own. */
  send?: Send
}

export interface SendRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Blob
  progress?(bytes: number): void
  readonly signal?: AbortSignal | undefined
}

export interface SendAnswer {
  readonly status: number
  header(name: string): string | null
  readonly text: string
}

/** One HTTP request. Rejects with `Lost` when no answer comes. */
export type Send = (request: SendRequest) => Promise<SendAnswer>

const ENDPOINT = '/files/tus'
const VERSION = { 'Tus-Resumable': '1.0.0' }
const TRIES = 8
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 20_000

/**
 * Brings a file to the server. Rejects with `Refused`, with `Lost` after many tries, or with a `DOMException`: it was
 * aborted, or the file cannot be read, as a folder or what has been changed since it was chosen.
 */
export async function upload<T>(file: Blob, name: string, options: UploadOptions<T>): Promise<T> {
  const send = options.send ?? sendByXhr
  const begun = (await continued(options, send)) ?? (await created(file, name, options, send))
  if (begun.id !== null) return await options.info(begun.id) // an empty file is whole at once
  options.began?.(begun.path)
  let path: string | null = begun.path
  let { offset } = begun
  let failures = 0
  for (;;) {
    options.signal?.throwIfAborted()
    try {
      if (path === null) {
        path = (await created(file, name, options, send)).path
        options.began?.(path)
      }
      const answer = await patched(file, path, offset, options, send)
      offset = Number(answer.header('Upload-Offset'))
      failures = 0
      const id = answer.header('Chatd-File')
      if (id !== null) return await options.info(id)
    } catch (error) {
      if (!(error instanceof Lost || forgotten(error))) throw error
      await file.slice(0, 1).arrayBuffer() // a request with what cannot be read breaks off like any other
      failures += 1
      if (failures > TRIES) throw error
      await pause(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures), options.signal)
      const found = path === null || forgotten(error) ? null : await lookedUp(path, options, send)
      if (found === null) path = null
      else if (found.id !== null) return await options.info(found.id)
      offset = found?.offset ?? 0
    }
    options.progress?.(offset)
  }
}

/** Takes back what the server has of a file. */
export async function abandon(path: string, options: Pick<UploadOptions, 'token' | 'send'>): Promise<void> {
  const send = options.send ?? sendByXhr
  const headers = { ...VERSION, Authorization: `Bearer ${await options.token()}` }
  accepted(await send({ method: 'DELETE', path, headers }))
}

type Way = UploadOptions<unknown>

interface Begun {
  readonly path: string
  readonly offset: number
  readonly id: string | null
}

/** How far an earlier try has come; null if there was none, or the server has thrown it away. */
async function continued(options: Way, send: Send): Promise<Begun | null> {
  if (!options.at) return null
  try {
    const found = await lookedUp(options.at, options, send)
    return found && { path: options.at, ...found }
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
}

async function created(file: Blob, name: string, options: Way, send: Send): Promise<Begun> {
  const answer = await send({
    method: 'POST',
    path: ENDPOINT,
    headers: {
      ...VERSION,
      ...(await bearer(options)),
      'Upload-Length': String(file.size),
      'Upload-Metadata': `filename ${base64(name)}`,
    },
    signal: options.signal,
  })
  const location = accepted(answer).header('Location')
  if (location === null) throw new Lost('the server did not say where to send the file')
  return { path: new URL(location, 'http://server').pathname, offset: 0, id: answer.header('Chatd-File') }
}

async function patched(file: Blob, path: string, offset: number, options: Way, send: Send) {
  const answer = await send({
    method: 'PATCH',
    path,
    headers: {
      ...VERSION,
      ...(await bearer(options)),
      'Upload-Offset': String(offset),
      'Content-Type': 'application/offset+octet-stream',
    },
    body: file.slice(offset),
    progress: (bytes) => options.progress?.(offset + bytes),
    signal: options.signal,
  })
  // Another request still brings bytes (423), or the offset is not the server's (409): it is asked again.
  if (answer.status === 423 || answer.status === 409)
    throw new Lost('the server has another part of the file')
  return accepted(answer)
}

/** How far it has come; null if the server knows nothing of it. */
async function lookedUp(
  path: string,
  options: Way,
  send: Send,
): Promise<{ offset: number; id: string | null } | null> {
  try {
    const answer = await send({ method: 'HEAD', path, headers: { ...VERSION, ...(await bearer(options)) } })
    accepted(answer)
    return { offset: Number(answer.header('Upload-Offset')), id: answer.header('Chatd-File') }
  } catch (error) {
    if (error instanceof Lost) return { offset: 0, id: null } // the next try finds the offset that is right
    if (forgotten(error)) return null
    throw error
  }
}

async function bearer(options: Way): Promise<Record<string, string>> {
  return { Authorization: `Bearer ${await options.token()}` }
}

function accepted(answer: SendAnswer): SendAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer
  if (answer.status >= 500 && answer.status !== 507) throw new Lost('the server cannot take the file now')
  throw refusedBy(answer)
}

/** Whether the server knows nothing of an upload: it has expired, or another node has it. */
function forgotten(error: unknown): boolean {
  return error instanceof Refused && error.code === 'not_found'
}

/** The refusal in an `application/problem+json`. */
function refusedBy(answer: SendAnswer): Refused {
  try {
    const { code, detail, title, ...rest } = JSON.parse(answer.text) as Record<string, string>
    return new Refused(code ?? 'invalid', detail ?? title ?? `status ${answer.status}`, rest)
  } catch {
    const codes: Record<number, string> = { 404: 'not_found', 413: 'too_large' } // HEAD has no body
    return new Refused(codes[answer.status] ?? 'invalid', `the server answered with ${answer.status}`)
  }
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    })
  })
}

/** `fetch` does not tell how much of a body is sent; XMLHttpRequest does. */
const sendByXhr: Send = ({ method, path, headers, body, progress, signal }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, path)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded }) => progress?.(loaded)
    request.onload = () =>
      resolve({
        status: request.status,
        header: (name) => request.getResponseHeader(name),
        text: request.responseText,
      })
    request.onerror = () => reject(new Lost())
    request.onabort = () => reject((signal?.reason as Error | undefined) ?? new Lost())
    signal?.addEventListener('abort', () => request.abort())
    request.send(body ?? null)
  })
