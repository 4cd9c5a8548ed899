import * as z from 'zod/mini';

/** With the days that each month has, and 29 February in leap years alone: a form is all that the OpenAPI document can show. */
const day = String.raw`\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))`;
const leapDay = String.raw`(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29`;
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d`;
const offset = String.raw`(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)`;

const pattern = new RegExp(String.raw`^(?:${day}|${leapDay})(?:[Tt]${time}(?:\.\d{1,9})?${offset})?$`);
const parts = /^(.{10})(?:.(.{8})(?:\.(\d+))?(.+))?$/;

const dayMilliseconds = 86_400_000;

/** A date, which stands for its beginning in UTC, or a date and time of RFC 3339. */
export const moment = z.string().check(z.regex(pattern, 'must be a date, or a date and time with an offset'));

/** A moment at which a day begins in UTC. The document shows those without an offset; a beginning with one is accepted. */
export const dayStart = moment
  .check(
    z.refine(
      (text) => (readMoment(text) ?? 0) % dayMilliseconds === 0,
      'must be the beginning of a day in UTC',
    ),
  )
  .register(z.globalRegistry, { pattern: `^(?:${day}|${leapDay})(?:[Tt]00:00:00(?:\\.0{1,9})?[Zz])?$` });

/**
 * Milliseconds since 1970, of a part of a millisecond the next whole one: what is made in milliseconds lies before a
 * moment or not, just as it does before the next whole one. Undefined for a text that is no moment.
 */
export function readMoment(text: string): number | undefined {
  if (!pattern.test(text)) return undefined;
  const [, date, clock, fraction = '', zone = ''] = parts.exec(text) ?? [];
  // Not `Date.UTC`, which takes the years 0 to 99 for 1900 to 1999.
  if (clock === undefined) return Date.parse(`${date}T00:00:00Z`);
  return (
    Date.parse(`${date}T${clock}${zone.toUpperCase()}`) +
    Math.ceil(Number(`0.${fraction.padEnd(1, '0')}`) * 1000)
  );
}
