import { escapeHtml } from '../html.ts';
import type { Point } from './diagram.ts';

/** A rectangle, by its center. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Draws a box. */
export function rectangle({ x, y, width, height }: Box, className = 'box'): string {
  return `<rect class="${className}" x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="8"/>`;
}

/** Draws a line of text. */
export function label({ x, y }: Point, text: string, className = 'name'): string {
  return `<text class="${className}" x="${round(x)}" y="${round(y)}">${escapeHtml(text)}</text>`;
}

/** Draws an arrow between the borders of two boxes, moved sideways to the left of its direction. */
export function arrow(from: Box, to: Box, sideways = 0): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const direction = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
  const shift = { x: direction.y * sideways, y: -direction.x * sideways };
  const start = borderPoint(from, direction, shift);
  const end = borderPoint(to, { x: -direction.x, y: -direction.y }, shift);
  return path([start, end]);
}

/** Draws an arrow along points. */
export function path(points: readonly Point[]): string {
  const [first, ...rest] = points.map(({ x, y }) => `${round(x)} ${round(y)}`);
  return `<path class="edge" d="M${first}${rest.map((point) => `L${point}`).join('')}"/>`;
}

/** Where a ray from the moved center of a box leaves it, with a small gap. */
function borderPoint(box: Box, direction: Point, shift: Point): Point {
  const gap = 3;
  const reach = (size: number, offset: number, component: number) =>
    component === 0
      ? Number.POSITIVE_INFINITY
      : (size / 2 + gap - Math.sign(component) * offset) / Math.abs(component);
  const distance = Math.min(reach(box.width, shift.x, direction.x), reach(box.height, shift.y, direction.y));
  return { x: box.x + shift.x + direction.x * distance, y: box.y + shift.y + direction.y * distance };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
