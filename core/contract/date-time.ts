import * as z from 'zod/mini';

/**
 * Covers the length of each month, and 29 February in leap years only: the OpenAPI document can express this
 * rule only as a pattern.
 */
const day = String.raw`\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))`;
const leapDay = String.raw`(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29`;
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d`;
const offset = String.raw`(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)`;

const pattern = new RegExp(String.raw`^(?:${day}|${leapDay})(?:[Tt]${time}(?:\.\d+)?${offset})?$`);
const parts = /^(.{10})(?:.(.{8})(?:\.(\d+))?(.+))?$/;

const dayMs = 86_400_000;

/** An RFC 3339 date and time, or a date, which means the start of that day in UTC. */
export const timestamp = z
  .string()
  .check(
    z.regex(
      pattern,
      'must be a date such as 2026-11-21, or a date and time with an offset such as 2026-11-21T08:00:00Z',
    ),
  );

/**
 * The start of a day in UTC. The OpenAPI document allows only `Z` as offset; a start of a UTC day in another
 * offset is accepted too.
 */
export const dayStart = timestamp
  .check(
    z.refine(
      (text) => (parseTimestamp(text) ?? 0) % dayMs === 0,
      'must be the start of a day in UTC, such as 2026-11-21',
    ),
  )
  .register(z.globalRegistry, { pattern: `^(?:${day}|${leapDay})(?:[Tt]00:00:00(?:\\.0{1,9})?[Zz])?$` });

/**
 * Parses a timestamp to epoch milliseconds, rounded up: a time in whole milliseconds is before the timestamp if
 * and only if it is before the rounded time. Undefined if the text is not a timestamp.
 */
export function parseTimestamp(text: string): number | undefined {
  if (!pattern.test(text)) return undefined;
  const [, date, clock, fraction = '', zone = ''] = parts.exec(text) ?? [];
  // Not `Date.UTC`, which maps the years 0 to 99 to 1900 to 1999.
  if (clock === undefined) return Date.parse(`${date}T00:00:00Z`);
  return (
    Date.parse(`${date}T${clock}${zone.toUpperCase()}`) +
    Math.ceil(Number(`0.${fraction.padEnd(1, '0')}`) * 1000)
  );
}
