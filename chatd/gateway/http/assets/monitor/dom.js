// Makes elements. What the server says becomes text, never markup.

export const find = (id) => document.getElementById(id)

/** An element with classes, and children that are elements or texts. */
export function element(tag, classes = '', ...children) {
  const made = document.createElement(tag)
  if (classes) made.className = classes
  made.append(...children.filter((child) => child !== null && child !== undefined))
  return made
}

/** Fills a table: `columns` are [heading, classes], `rows` arrays of texts or elements. */
export function fill(table, columns, rows, empty = 'nothing') {
  const cells = columns.map(([heading, classes]) => {
    const cell = element('th', classes, heading)
    cell.scope = 'col'
    return cell
  })
  const body = rows.map((row) => element('tr', '', ...row.map((value, at) => element('td', columns[at][1], value))))
  if (!body.length) {
    const cell = element('td', 'empty', empty)
    cell.colSpan = columns.length
    body.push(element('tr', '', cell))
  }
  table.replaceChildren(element('thead', '', element('tr', '', ...cells)), element('tbody', '', ...body))
}

export const badge = (text, kind = '') => element('span', `badge ${kind}`, text)
