import { expect, test } from 'vitest'
import { FormValues } from './form_values'

test('only what was changed is sent, so that nobody else’s change is taken back', () => {
  const form = new FormValues({ name: 'engines', topic: 'two\nlines' })
  expect(form.changes()).toEqual({})
  form.values.name.value = 'mills'
  expect(form.changes()).toEqual({ name: 'mills' })
})

test('what somebody else changes is shown, except where something was typed', () => {
  const form = new FormValues({ name: 'engines', topic: 'steam' })
  form.values.name.value = 'mills'
  form.follow({ name: 'wheels', topic: 'water' })
  expect([form.values.name.value, form.values.topic.value]).toEqual(['mills', 'water'])
  expect(form.changes()).toEqual({ name: 'mills' })
  form.follow({ name: 'mills', topic: 'water' }) // saved
  expect(form.changes()).toEqual({})
})
