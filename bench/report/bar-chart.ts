import { bar, svg, text, verticalLine } from './svg.ts'

export interface Bar {
  readonly label: string
  /** A few words below the label. */
  readonly note: string
  readonly value: number
  /** The value, as it is said. */
  readonly said: string
  readonly look: 'good' | 'plain' | 'bad'
}

export interface BarChart {
  readonly title: string
  readonly subtitle: string
  readonly bars: readonly Bar[]
  /** A line that all bars are to be seen against. */
  readonly mark?: { readonly value: number; readonly label: string }
  /** A bar that is longer ends there. */
  readonly valueMax?: number
}

const width = 820
const margin = 20
const barsFrom = 330
const barsTo = 690
const rowHeight = 42
const barHeight = 20

/** Horizontal bars, each with its label before and its value behind it. */
export function barChart({ title, subtitle, bars, mark, valueMax = Infinity }: BarChart): string {
  const end = Math.min(valueMax, Math.max(...bars.map(({ value }) => value), mark?.value ?? 0))
  const lengthOf = (value: number): number => ((barsTo - barsFrom) * Math.min(value, end)) / end
  const headHeight = mark === undefined ? 76 : 96
  const height = headHeight + bars.length * rowHeight + margin / 2
  const rows = bars.map(({ label, note, value, said, look }, index) => {
    const y = headHeight + index * rowHeight
    const length = lengthOf(value)
    const texts = [
      text({ x: barsFrom - 12, y: y + 11 }, label, look === 'good' ? 'strong' : '', 'end'),
      text({ x: barsFrom - 12, y: y + 27 }, note, 'small', 'end'),
      text(
        { x: barsFrom + Math.max(2, length) + 8, y: y + 17 },
        said,
        look === 'good' ? 'clear strong' : 'clear',
      ),
    ]
    return { drawn: bar({ x: barsFrom, y: y + 2 }, { width: length, height: barHeight }, look), texts }
  })
  return svg({ width, height }, title, [
    text({ x: margin, y: 34 }, title, 'title'),
    text({ x: margin, y: 56 }, subtitle, 'small'),
    ...rows.map(({ drawn }) => drawn),
    ...(mark === undefined
      ? []
      : [
          text({ x: barsFrom + lengthOf(mark.value), y: 80 }, mark.label, 'small', 'middle'),
          verticalLine(barsFrom + lengthOf(mark.value), headHeight - 8, height - margin / 2),
        ]),
    ...rows.flatMap(({ texts }) => texts),
  ])
}
