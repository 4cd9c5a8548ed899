/** Columns that the programs of this folder use at most; the usual width of a terminal. */
export const screenWidth = 80;

/** Shortens text to a number of columns; an ellipsis replaces what is cut off. */
export function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/**
 * Breaks text into lines of at most 80 columns, each indented by a number of columns. A word that is longer
 * than a line, such as a path, is not broken.
 */
export function wrap(text: string, indent = 0): readonly string[] {
  const width = screenWidth - indent;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => ' '.repeat(indent) + line);
}

/** A column of a table: its heading, and the side of its cells that is aligned. */
export interface TableColumn {
  readonly heading: string;
  readonly align?: 'right';
}

const separator = '  ';

/**
 * Lays out a table as lines of at most 80 columns, headings first, indented by two. The widest columns are
 * shortened until the table fits.
 */
export function tableLines(
  columns: readonly TableColumn[],
  rows: ReadonlyArray<readonly string[]>,
): readonly string[] {
  const lines = [columns.map(({ heading }) => heading), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => (line[index] ?? '').length)));
  const available = screenWidth - separator.length * columns.length;
  while (sum(widths) > available) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return lines.map((line) => {
    const cells = columns.map(({ align }, index) => {
      const width = widths[index] ?? 0;
      const cell = shorten(line[index] ?? '', width);
      return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
    });
    return (separator + cells.join(separator)).trimEnd();
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
