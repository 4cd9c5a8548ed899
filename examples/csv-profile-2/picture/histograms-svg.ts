import type { TableProfile } from '../table-profile.ts';
import { columnPanel } from './column-panel.ts';
import { colors, textElement } from './svg-elements.ts';

const [pictureWidth, margin, gap, panelHeight, titleHeight, noteHeight] = [1_000, 20, 14, 248, 62, 26];

const maxPanelWidth = 640;

/** A picture of more panels would be too large for most viewers. */
const maxPanels = 150;

const title = 'Values of each column';

/**
 * Draws the profile of a table as an SVG picture 1,000 pixels wide, with a panel for each of the first 150 columns: a
 * histogram of numbers and dates, and the most frequent of other values. The text may contain any characters.
 */
export function histogramsSvg(profile: TableProfile): string {
  const columns = profile.columns.slice(0, maxPanels);
  const perLine = Math.max(1, Math.min(3, columns.length));
  const width = Math.min(
    maxPanelWidth,
    Math.floor((pictureWidth - 2 * margin - (perLine - 1) * gap) / perLine),
  );
  const panels = columns.flatMap((column, index) => {
    const x = margin + (index % perLine) * (width + gap);
    const y = titleHeight + Math.floor(index / perLine) * (panelHeight + gap);
    return columnPanel({ x, y, width, height: panelHeight }, column, profile);
  });
  const lines = Math.ceil(columns.length / perLine);
  const notes = notesOf(profile);
  const height = titleHeight + lines * (panelHeight + gap) - gap + notes.length * noteHeight + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pictureWidth}" height="${height}" viewBox="0 0 ${pictureWidth} ${height}" role="img" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif">`,
    `<title>${title}</title>`,
    `<rect width="${pictureWidth}" height="${height}" fill="#FFFFFF"/>`,
    textElement(title, { x: margin, y: 30, size: 20, maxWidth: pictureWidth - 2 * margin, isBold: true }),
    textElement(size(profile), {
      x: margin,
      y: 50,
      size: 13,
      maxWidth: pictureWidth - 2 * margin,
      color: colors.quiet,
    }),
    ...panels,
    ...notes.map((note, index) =>
      textElement(note, {
        x: margin,
        y: height - margin - (notes.length - 1 - index) * noteHeight,
        size: 12,
        maxWidth: pictureWidth - 2 * margin,
        color: colors.quiet,
      }),
    ),
    '</svg>',
    '',
  ].join('\n');
}

function size({ rows, columns }: TableProfile): string {
  return `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}, ${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`;
}

function notesOf({ columns }: TableProfile): readonly string[] {
  const hidden = columns.length - maxPanels;
  const isEstimated = columns.some((column) => 'isSampled' in column && column.isSampled);
  return [
    ...(isEstimated
      ? ['Estimated: the counts of the histogram are extrapolated from a random sample of the values.']
      : []),
    ...(hidden > 0 ? [`${hidden} more ${hidden === 1 ? 'column is' : 'columns are'} not shown.`] : []),
  ];
}
