import { escapeXml, fitText } from './svg-text.ts';

/** Okabe and Ito's colors, which people with a color vision deficiency can distinguish (https://jfly.uni-koeln.de/color/). */
export const colors = {
  bar: '#0072B2',
  otherBar: '#9AA5AD',
  warning: '#B34700',
  text: '#1F2933',
  quiet: '#52606D',
  grid: '#E4E7EB',
  axis: '#7B8794',
} as const;

/** A text of a picture. It is shortened to `maxWidth`, and the full text then appears when the pointer rests on it. */
export interface TextOptions {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly maxWidth: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly color?: string;
  readonly isBold?: boolean;
  readonly keepsEnd?: boolean;
}

export function textElement(text: string, options: TextOptions): string {
  const {
    x,
    y,
    size,
    maxWidth,
    anchor = 'start',
    color = colors.text,
    isBold = false,
    keepsEnd = false,
  } = options;
  // Bold characters are wider.
  const shown = fitText(text, size, { maxWidth: isBold ? maxWidth / 1.15 : maxWidth, keepsEnd });
  const title = shown.includes('…') ? `<title>${escapeXml(text.slice(0, 1_000))}</title>` : '';
  const weight = isBold ? ' font-weight="bold"' : '';
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="${anchor}" fill="${color}"${weight}>${title}${escapeXml(shown)}</text>`;
}

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A bar, whose title appears when the pointer rests on it. */
export function barElement({ x, y, width, height }: Box, color: string, title: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${color}"><title>${escapeXml(title)}</title></rect>`;
}

export function lineElement(
  from: readonly [number, number],
  to: readonly [number, number],
  color: string,
): string {
  return `<line x1="${round(from[0])}" y1="${round(from[1])}" x2="${round(to[0])}" y2="${round(to[1])}" stroke="${color}"/>`;
}

/** Two decimals are a hundredth of a pixel. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
