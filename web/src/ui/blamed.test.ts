import { expect, test } from 'vitest'
import { blamed } from './blamed'

const FIELDS = new Set(['name', 'password'])

test('a refusal that names a field of the form stands at it', () => {
  expect(blamed('name: must have 2 to 32 characters', FIELDS)).toEqual({
    field: 'name',
    message: 'must have 2 to 32 characters',
  })
})

test('what is about no field of the form stands at its end', () => {
  for (const message of ['code: is not valid', 'this name is taken', 'too many: wait', '', 'name:'])
    expect(blamed(message, FIELDS)).toBeNull()
})
