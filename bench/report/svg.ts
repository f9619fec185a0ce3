/* What the charts have in common: hand-made SVG, readable on light and dark pages, without fonts from elsewhere. */

/** In pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** A picture with its own background, so that it can be read on whatever page it lies. */
export function svg({ width, height }: Size, title: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="8"/>`,
    ...content,
    '</svg>',
    '',
  ].join('\n')
}

const style = [
  'text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:#1c2430;font-size:14px}',
  '.page{fill:#fff;stroke:#d8dee6}',
  '.title{font-size:18px;font-weight:600}',
  '.small{font-size:12px;fill:#5b6675}',
  '.strong{font-weight:600}',
  // Whatever lies under it, it can be read.
  '.clear{paint-order:stroke;stroke:#fff;stroke-width:5px;stroke-linejoin:round}',
  '.good{fill:#1f6feb}',
  '.plain{fill:#b4bdc9}',
  '.bad{fill:#d9822b}',
  '.mark{stroke:#1c2430;stroke-dasharray:4 4;stroke-width:1.5}',
  '@media(prefers-color-scheme:dark){',
  'text{fill:#e6ebf2}.page{fill:#12171e;stroke:#2c3644}.small{fill:#9aa7b8}.clear{stroke:#12171e}',
  '.good{fill:#5b9dff}.plain{fill:#4d5a6b}.bad{fill:#e8a04f}.mark{stroke:#e6ebf2}',
  '}',
].join('')

export interface Point {
  readonly x: number
  readonly y: number
}

/** @param classes such as 'small' or 'title'. */
export function text({ x, y }: Point, content: string, classes = '', anchor = 'start'): string {
  return `<text x="${x}" y="${y}" class="${classes}" text-anchor="${anchor}">${escaped(content)}</text>`
}

export function bar({ x, y }: Point, { width, height }: Size, classes: string): string {
  // One that is nearly nothing can be seen all the same.
  return `<rect x="${x}" y="${y}" width="${Math.max(2, Math.round(width))}" height="${height}" rx="3" class="${classes}"/>`
}

export function verticalLine(x: number, from: number, to: number): string {
  return `<line x1="${x}" x2="${x}" y1="${from}" y2="${to}" class="mark"/>`
}

function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
