import * as z from 'zod/mini';

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;

const dayMilliseconds = 86_400_000;

/** A date, which stands for its beginning in UTC, or a date and time of RFC 3339. */
export const moment = z
  .string()
  .check(
    z.refine((text) => readMoment(text) !== undefined, 'must be a date, or a date and time with an offset'),
  );

/** A moment at which a day begins in UTC. */
export const dayStart = moment.check(
  z.refine(
    (text) => (readMoment(text) ?? 0) % dayMilliseconds === 0,
    'must be the beginning of a day in UTC',
  ),
);

/**
 * Milliseconds since 1970, of a part of a millisecond the next whole one: what is made in milliseconds lies before a
 * moment or not, just as it does before the next whole one. Undefined for a text that is no moment.
 */
export function readMoment(text: string): number | undefined {
  const [, year = '', month = '', day = '', hour, minute, second, fraction = ''] = pattern.exec(text) ?? [];
  if (!isDay(Number(year), Number(month), Number(day))) return undefined;
  // Not `Date.UTC`, which takes the years 0 to 99 for 1900 to 1999.
  if (hour === undefined) return Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  const offset = /(?:[Zz]|[+-]\d\d:\d\d)$/.exec(text)?.[0].toUpperCase() ?? '';
  const whole = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  return whole + Math.ceil(Number(`0.${fraction.padEnd(1, '0')}`) * 1000);
}

/** 2026-02-30 is none, though JavaScript takes it for a day in March. */
function isDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
