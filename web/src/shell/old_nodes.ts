/**
 * Preact keeps the node that a component was first drawn from in the props of its parent. When the component draws
 * itself anew, as each does that reads a signal, that node still holds the tree of that time; rows of a list that are
 * passed over share their children with it, and lead from it to every later tree. A room that is read for an hour would
 * keep all that ever stood in it. So what a component has drawn before lets go of its tree.
 *
 * The names are those that Preact's build gives to its fields; they have been the same since its version 10.
 */

import { options } from 'preact'

interface Inner {
  /** The tree that was drawn. */
  __k: unknown
  __c?: { __v?: Inner }
}

interface Hooks {
  /** Before a node is compared with the one before it. */
  __b?: (node: Inner) => void
  diffed?: (node: Inner) => void
}

export function forgetOldNodes(): void {
  const hooks = options as unknown as Hooks
  const { __b: before, diffed } = hooks
  const old = new WeakMap<Inner, Inner>()
  hooks.__b = (node) => {
    // A component that draws itself goes on with a copy of its node, which has the component already.
    const last = node.__c?.__v
    if (last !== undefined && last !== node) old.set(node, last)
    before?.(node)
  }
  hooks.diffed = (node) => {
    diffed?.(node)
    const last = old.get(node)
    if (last !== undefined && last.__k !== node.__k) last.__k = null
  }
}
