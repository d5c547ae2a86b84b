/** What the service worker is told of the build that it belongs to. */
export interface BuildFacts {
  /** Another one for every build that differs. */
  readonly id: string
  /** Paths of the page and of all that it needs before it shows anything. */
  readonly shell: readonly string[]
  /** Paths of all hashed files, those of `shell` included. */
  readonly assets: readonly string[]
}

declare global {
  /** Only in `sw.ts`. It is written out wherever it stands, so take it apart once. */
  const BUILD: BuildFacts
}
