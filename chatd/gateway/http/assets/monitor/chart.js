// A small curve of the last minutes.

const SVG = 'http://www.w3.org/2000/svg'
const [WIDTH, HEIGHT] = [300, 60]
const KEPT = 150 // values, one every refresh

export class Chart {
  #values = []
  #line = document.createElementNS(SVG, 'polyline')

  constructor(place) {
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
    svg.setAttribute('preserveAspectRatio', 'none')
    svg.setAttribute('aria-hidden', 'true')
    svg.append(this.#line)
    place.append(svg)
  }

  add(value) {
    this.#values = [...this.#values, value].slice(-KEPT)
    const top = Math.max(...this.#values, 1e-9)
    const points = this.#values.map((one, at) => {
      const x = WIDTH - (this.#values.length - 1 - at) * (WIDTH / (KEPT - 1))
      return `${x.toFixed(1)},${(HEIGHT - 2 - (one / top) * (HEIGHT - 6)).toFixed(1)}`
    })
    this.#line.setAttribute('points', points.join(' '))
  }
}
