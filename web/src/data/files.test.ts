import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Files, httpFiles, picturePath } from './files'

const settled = () => new Promise((done) => setTimeout(done))
const image = (bytes = 10) => new Blob([new Uint8Array(bytes)], { type: 'image/webp' })

beforeEach(() => {
  let made = 0
  vi.spyOn(URL, 'createObjectURL').mockImplementation(() => `blob:${++made}`)
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation(() => undefined)
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

function files(read: (path: string) => Promise<Blob>) {
  return new Files({
    read,
    sign: async (file) => ({ url: `/files/${file}?signed`, expires_at: Date.now() + 10 * 3600_000 }),
  })
}

test('a picture is read once, however many show it', async () => {
  const read = vi.fn(async () => image())
  const shelf = files(read)
  const one = shelf.picture('/files/a/preview')
  shelf.hold('/files/a/preview')
  const two = shelf.picture('/files/a/preview')
  await settled()
  expect(one).toBe(two)
  expect(one.value).toEqual({ state: 'there', url: 'blob:1' })
  expect(read).toHaveBeenCalledTimes(1)
})

test('what nobody shows goes when there is too much, the longest unused first', async () => {
  const shelf = files(async () => image(20 * 1024 * 1024))
  for (const path of ['/a', '/b']) {
    shelf.hold(path)
    await settled()
  }
  shelf.release('/b')
  shelf.hold('/c')
  await settled()
  expect(URL.revokeObjectURL).toHaveBeenCalledTimes(1)
  expect(URL.revokeObjectURL).toHaveBeenCalledWith('blob:2')
  expect(shelf.picture('/a').value.state).toBe('there')
})

test('what is no picture is not shown as one', async () => {
  const shelf = files(async () => new Blob(['<svg onload=alert(1)>'], { type: 'text/html' }))
  const shown = shelf.picture('/a')
  await settled()
  expect(shown.value.state).toBe('failed')
})

test('what failed while it is shown is tried again with the next connection', async () => {
  let broken = true
  const shelf = files(async () => {
    if (broken) throw new Error('no')
    return image()
  })
  shelf.hold('/a')
  const shown = shelf.picture('/a')
  await settled()
  expect(shown.value.state).toBe('failed')
  broken = false
  shelf.again()
  await settled()
  expect(shown.value.state).toBe('there')
})

test('what a page may show and not read is shown by its link', async () => {
  const shelf = files(() => Promise.reject(new TypeError('Failed to fetch')))
  const shown = shelf.picture('/files/a/preview')
  await settled()
  expect(shown.value).toEqual({ state: 'there', url: '/files/a/preview?signed' })
})

test('a link is asked for once while it lasts', async () => {
  const shelf = files(async () => image())
  expect(await shelf.link('a')).toBe('/files/a?signed')
  expect(await shelf.link('a')).toBe('/files/a?signed')
})

test('a token that is too old is exchanged, and who asks too much waits', async () => {
  const answers = [
    new Response('', { status: 401 }),
    new Response('', { status: 429, headers: { 'retry-after': '0.001' } }),
    new Response('x'),
  ]
  const asked: string[] = []
  vi.stubGlobal('fetch', async (_: string, { headers }: { headers: { authorization: string } }) => {
    asked.push(headers.authorization)
    return answers.shift()
  })
  const read = httpFiles('', async (fresh) => (fresh ? 'new' : 'old'))
  expect(await (await read('/files/a')).text()).toBe('x')
  expect(asked).toEqual(['Bearer old', 'Bearer new', 'Bearer new'])
})

test('a refused file is not asked for again', async () => {
  const fetched = vi.fn(async () => new Response('', { status: 404 }))
  vi.stubGlobal('fetch', fetched)
  await expect(httpFiles('', async () => 't')('/files/a')).rejects.toThrow('404')
  expect(fetched).toHaveBeenCalledTimes(1)
})

test('pictures of other hosts are not asked for', () => {
  expect(picturePath('https://evil.example/x.png', 'whole')).toBeNull()
  expect(picturePath('HTTP://evil.example/x.png', 'whole')).toBeNull()
  expect(picturePath('', 'whole')).toBeNull()
  expect(picturePath('../../setup', 'preview')).toBe('/files/..%2F..%2Fsetup/preview')
})
