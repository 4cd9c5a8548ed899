import type { Bins } from '../table-profile.ts';
import { rowsLabel } from './axis-labels.ts';
import { countAxis, type Tick } from './axis-ticks.ts';
import { type Box, barElement, colors, lineElement, textElement } from './svg-elements.ts';
import { widthOf } from './svg-text.ts';

/** A histogram whose horizontal axis has ticks and a title. */
export interface HistogramPlot {
  readonly bins: Bins<number | string>;
  readonly ticks: readonly Tick[];
  readonly axisTitle: string;
}

export const labelSize = 11;

/** Space for the labels of the axes. */
const [left, right, top, bottom] = [48, 12, 16, 34];

/** The width in pixels of the horizontal axis in a box. */
export function axisWidth({ width }: Box): number {
  return width - left - right;
}

/** Draws a histogram into a box, with an axis of rows at its left. */
export function histogramPlot(box: Box, { bins, ticks, axisTitle }: HistogramPlot): readonly string[] {
  const plot = { x: box.x + left, y: box.y + top, width: axisWidth(box), height: box.height - top - bottom };
  const base = plot.y + plot.height;
  const axis = countAxis(Math.max(...bins.counts), 4);
  const y = (count: number) => base - axis.at(count) * plot.height;
  const binWidth = plot.width / bins.counts.length;
  return [
    ...axis.ticks.flatMap((tick) => rowTick(plot, tick)),
    textElement('rows', {
      x: plot.x - 6,
      y: box.y + 7,
      size: labelSize,
      maxWidth: left,
      anchor: 'end',
      color: colors.quiet,
    }),
    ...bins.counts.flatMap((count, index) => {
      if (count === 0) return [];
      const bar = {
        x: plot.x + index * binWidth + 0.5,
        y: y(count),
        width: binWidth - 1,
        height: base - y(count),
      };
      const range = `${bins.edges[index]} to ${bins.edges[index + 1]}`;
      return [barElement(bar, colors.bar, `${range}: ${rowsLabel(count)}`)];
    }),
    lineElement([plot.x, base], [plot.x + plot.width, base], colors.axis),
    ...ticks.flatMap((tick) => valueTick(plot, tick)),
    textElement(axisTitle, {
      x: plot.x + plot.width / 2,
      y: base + 30,
      size: labelSize,
      maxWidth: plot.width,
      anchor: 'middle',
      color: colors.quiet,
    }),
  ];
}

function rowTick({ x, y, width, height }: Box, { at, label }: Tick): readonly string[] {
  const tickY = y + height - at * height;
  return [
    lineElement([x, tickY], [x + width, tickY], colors.grid),
    textElement(label, {
      x: x - 6,
      y: tickY + 4,
      size: labelSize,
      maxWidth: left - 8,
      anchor: 'end',
      color: colors.quiet,
    }),
  ];
}

function valueTick({ x, y, width, height }: Box, { at, label }: Tick): readonly string[] {
  const base = y + height;
  const tickX = x + at * width;
  // A long label at an end of the axis must not leave the panel.
  const half = widthOf(label, labelSize) / 2;
  const labelX = Math.max(x - left + half, Math.min(x + width + right - half, tickX));
  return [
    lineElement([tickX, base], [tickX, base + 4], colors.axis),
    textElement(label, {
      x: labelX,
      y: base + 16,
      size: labelSize,
      maxWidth: width,
      anchor: 'middle',
      color: colors.quiet,
    }),
  ];
}
