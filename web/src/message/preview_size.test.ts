import { expect, test } from 'vitest'
import { previewSize } from './preview_size'

test.each([
  ['a photograph', 4000, 3000, 400, 300],
  ['a small one as it is', 120, 90, 120, 90],
  ['one dot', 1, 1, 48, 48],
  ['a screenshot of a whole page', 1080, 15_000, 48, 300],
  ['a logo', 100, 20, 100, 20],
  ['one of which no size is known', null, null, 400, 300],
  ['a banner', 4000, 60, 400, 16],
])('%s', (_, width, height, inline, block) => {
  expect(previewSize(width, height)).toEqual({ width: inline, height: block })
})
