/** How large a preview is on screen. Pure. */

const WIDEST = 400
const HIGHEST = 300
/** No narrower and no lower, so that it can be pressed. */
const NARROWEST = 48
const LOWEST = 16

/** In pixels, as the picture's own size is; null: it is not known, and as much room as it may take is kept. One that is long and thin is cut off at its ends, and takes no whole screen. */
export function previewSize(
  ownWidth: number | null,
  ownHeight: number | null,
): { readonly width: number; readonly height: number } {
  const width = ownWidth ?? WIDEST
  const height = ownHeight ?? HIGHEST
  const scale = Math.min(1, WIDEST / width, HIGHEST / height)
  const wide = Math.max(NARROWEST, Math.round(width * scale))
  const high = Math.round((wide * height) / width)
  return { width: wide, height: Math.min(HIGHEST, Math.max(LOWEST, high)) }
}
