import { isIsoDate } from './iso-date.ts';

/** The types of a column. */
export type ColumnType = 'integer' | 'number' | 'boolean' | 'date' | 'text';

const integer = /^-?(?:0|[1-9]\d*)$/;
const decimal = /^-?(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const boolean = /^(?:true|false)$/i;

/** The rules from the narrowest type to the widest; text, which accepts everything, has none. */
export const typeRules: readonly (readonly [ColumnType, (text: string) => boolean])[] = [
  ['integer', (text) => integer.test(text) && isFiniteNumber(text)],
  ['number', (text) => decimal.test(text) && isFiniteNumber(text)],
  ['boolean', (text) => boolean.test(text)],
  ['date', isIsoDate],
];

/**
 * The narrowest type that every value (no missing ones) is written in; a column without values is text.
 * Numbers are plain decimals with an optional `-` and exponent. Texts: `007` and `+49` (codes keep their zeros and
 * signs), `5.`, `1,5`, `NaN`, `Infinity`, anything beyond the largest double such as `1e309`, and padded values.
 */
export function inferType(values: readonly string[]): ColumnType {
  if (values.length === 0) return 'text';
  const rule = typeRules.find(([, accepts]) => values.every(accepts));
  return rule?.[0] ?? 'text';
}

function isFiniteNumber(text: string): boolean {
  return Number.isFinite(Number(text));
}
