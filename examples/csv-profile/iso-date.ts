const isoDate =
  /^(\d{4})-(\d{2})-(\d{2})(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/;

type Instant = { readonly epochSeconds: number; readonly fraction: string };

/**
 * Returns whether a text is a calendar date (`2012-01-31`) or a date-time (`2012-01-31T09:30`, with optional seconds,
 * decimals and offset) in the extended form of ISO 8601 that exists: 30 February does not.
 */
export function isIsoDate(text: string): boolean {
  return toInstant(text) !== undefined;
}

/**
 * Orders two ISO dates by the moment they mean; a date is its midnight and a missing offset is UTC.
 * Texts for the same moment are ordered as texts, so that the order does not depend on the rows' order.
 */
export function compareIsoDates(left: string, right: string): number {
  const [a, b] = [toInstant(left), toInstant(right)];
  if (a === undefined || b === undefined) throw new RangeError('compareIsoDates takes ISO dates only');
  return a.epochSeconds - b.epochSeconds || compareText(a.fraction, b.fraction) || compareText(left, right);
}

/** The moment of an ISO date in whole seconds since 1970 UTC. Throws a `RangeError` for any other text. */
export function toEpochSeconds(text: string): number {
  const instant = toInstant(text);
  if (instant === undefined) throw new RangeError('toEpochSeconds takes ISO dates only');
  return instant.epochSeconds;
}

function toInstant(text: string): Instant | undefined {
  const match = isoDate.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', offset = 'Z'] = match;
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
  // Date moves 30 February on to March instead of refusing it.
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return undefined;
  const epochSeconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`) / 1_000;
  // Date keeps milliseconds only; digits without trailing zeros compare correctly as texts.
  return { epochSeconds, fraction: fraction.replace(/0+$/, '') };
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
