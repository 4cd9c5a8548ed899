import type { ColumnProfile } from '../table-profile.ts';
import { countLabel, rowsLabel } from './axis-labels.ts';
import { countAxis } from './axis-ticks.ts';
import { labelSize } from './histogram-plot.ts';
import { type Box, barElement, colors, lineElement, textElement } from './svg-elements.ts';

/** Bars that fit into a panel, including the one for all other values. */
const maxBars = 7;
const [labelShare, countWidth, top, bottom] = [0.36, 52, 4, 34];

interface Bar {
  readonly label: string;
  readonly count: number;
  readonly color: string;
}

/** Draws a horizontal bar for each of the most frequent values, and one for all others. */
export function valuesPlot(box: Box, column: ColumnProfile): readonly string[] {
  const bars = barsOf(column);
  const labels = box.width * labelShare;
  const plot = {
    x: box.x + labels,
    y: box.y + top,
    width: box.width - labels - countWidth,
    height: box.height - top - bottom,
  };
  const step = Math.min(plot.height / bars.length, 30);
  const axis = countAxis(Math.max(...bars.map(({ count }) => count)), 3);
  const base = plot.y + step * bars.length;
  return [
    ...axis.ticks.flatMap(({ at, label }) => [
      lineElement([plot.x + at * plot.width, plot.y], [plot.x + at * plot.width, base], colors.grid),
      textElement(label, {
        x: plot.x + at * plot.width,
        y: base + 16,
        size: labelSize,
        maxWidth: countWidth,
        anchor: 'middle',
        color: colors.quiet,
      }),
    ]),
    ...bars.flatMap((bar, index) => {
      const y = plot.y + index * step;
      const width = Math.max(1, axis.at(bar.count) * plot.width);
      const text = { y: y + step / 2 + 4, size: labelSize };
      return [
        textElement(bar.label, {
          ...text,
          x: plot.x - 6,
          maxWidth: labels - 10,
          anchor: 'end',
          keepsEnd: true,
        }),
        barElement(
          { x: plot.x, y: y + step * 0.12, width, height: step * 0.76 },
          bar.color,
          `${bar.label}: ${rowsLabel(bar.count)}`,
        ),
        textElement(countLabel(bar.count), {
          ...text,
          x: plot.x + width + 4,
          maxWidth: countWidth,
          color: colors.quiet,
        }),
      ];
    }),
    lineElement([plot.x, plot.y], [plot.x, base], colors.axis),
    textElement('rows', {
      x: plot.x + plot.width / 2,
      y: base + 30,
      size: labelSize,
      maxWidth: plot.width,
      anchor: 'middle',
      color: colors.quiet,
    }),
  ];
}

function barsOf(column: ColumnProfile): readonly Bar[] {
  const { count, distinct, hasMoreDistinct = false } = column;
  const commonest = 'commonest' in column ? column.commonest : [];
  const hasOthers = hasMoreDistinct || distinct > maxBars;
  const shown = commonest.slice(0, hasOthers ? maxBars - 1 : maxBars);
  const bars = shown.map(({ value, count: each }) => ({ label: value, count: each, color: colors.bar }));
  const others = count - shown.reduce((total, each) => total + each.count, 0);
  if (!hasOthers || others === 0) return bars;
  const label = `${countLabel(distinct - shown.length)}${hasMoreDistinct ? '+' : ''} other values`;
  return [...bars, { label, count: others, color: colors.otherBar }];
}
