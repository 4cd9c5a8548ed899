import { toEpochSeconds } from '../../csv-profile/iso-date.ts';
import type { ColumnProfile, TableProfile } from '../table-profile.ts';
import { countLabel, numberLabel } from './axis-labels.ts';
import { numberTicks, type Tick, timeTicks } from './axis-ticks.ts';
import { axisWidth, histogramPlot, labelSize } from './histogram-plot.ts';
import { type Box, colors, textElement } from './svg-elements.ts';
import { valuesPlot } from './values-plot.ts';

const [padding, headerHeight] = [12, 46];

/** Draws the panel of a column: its name, its type and missing values, and a histogram or the most frequent values. */
export function columnPanel(box: Box, column: ColumnProfile, { rows }: TableProfile): readonly string[] {
  const inside = { ...box, x: box.x + padding, width: box.width - 2 * padding };
  const { x, width } = inside;
  const plot = {
    ...inside,
    y: box.y + padding + headerHeight,
    height: box.height - 2 * padding - headerHeight,
  };
  return [
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="6" fill="#FFFFFF" stroke="${colors.grid}"/>`,
    textElement(column.name === '' ? '(no name)' : column.name, {
      x,
      y: box.y + padding + 12,
      size: 15,
      maxWidth: width,
      isBold: true,
    }),
    textElement(summary(column), {
      x,
      y: box.y + padding + 30,
      size: 12,
      maxWidth: width * 0.52,
      color: colors.quiet,
    }),
    textElement(missing(column.missing, rows), {
      x: x + width,
      y: box.y + padding + 30,
      size: 12,
      maxWidth: width * 0.48,
      anchor: 'end',
      color: column.missing > 0 ? colors.warning : colors.quiet,
      isBold: column.missing > 0,
    }),
    ...plotOf(plot, column),
  ];
}

function summary(column: ColumnProfile): string {
  if (column.count === 0) return '';
  const { type, distinct, hasMoreDistinct } = column;
  const estimate = 'isSampled' in column && column.isSampled ? ' (estimated)' : '';
  if (type === 'integer' || type === 'number' || type === 'date') return `${type}${estimate}`;
  return `${type}, ${countLabel(distinct)}${hasMoreDistinct ? '+' : ''} ${distinct === 1 ? 'value' : 'values'}`;
}

function missing(count: number, rows: number): string {
  if (count === 0) return 'none missing';
  const percent = (count / rows) * 100;
  const share = percent < 0.1 ? '< 0.1' : String(Number(percent.toPrecision(percent >= 99.5 ? 3 : 2)));
  return `${countLabel(count)} missing (${share} %)`;
}

function plotOf(box: Box, column: ColumnProfile): readonly string[] {
  if (column.count === 0) {
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    return [
      textElement('no values', {
        x,
        y,
        size: 13,
        maxWidth: box.width,
        anchor: 'middle',
        color: colors.quiet,
      }),
    ];
  }
  const space = { width: axisWidth(box), fontSize: labelSize };
  switch (column.type) {
    case 'integer':
    case 'number': {
      const { histogram, min, max, type } = column;
      const [first = 0, last = 0] = [histogram.edges[0], histogram.edges.at(-1)];
      const ticks =
        min === max ? [middle(numberLabel(min))] : numberTicks([first, last], type === 'integer', space);
      return histogramPlot(box, { bins: histogram, ticks, axisTitle: 'value' });
    }
    case 'date': {
      const { histogram, min, max } = column;
      const [first = min, last = max] = [histogram.edges[0], histogram.edges.at(-1)];
      const range = [toEpochSeconds(first), toEpochSeconds(last)] as const;
      const ticks = min === max ? [middle(min)] : timeTicks(range, space);
      return histogramPlot(box, { bins: histogram, ticks, axisTitle: 'date (UTC)' });
    }
    case 'boolean':
    case 'text':
      return valuesPlot(box, column);
  }
}

/** All values are equal, and in the middle of the histogram. */
function middle(label: string): Tick {
  return { at: 0.5, label };
}
