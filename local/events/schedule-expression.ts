import { Cron } from 'croner';

/** Returns the first time after the given one at which a schedule fires, or null if it never fires again. */
export type Schedule = (after: Date) => Date | null;

const msPerUnit: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const cronFields = [
  { name: 'minutes', highest: 59 },
  { name: 'hours', highest: 23 },
  { name: 'day-of-month', highest: 31 },
  { name: 'month', highest: 12 },
  { name: 'day-of-week', highest: 7 },
  { name: 'year', highest: 2199 },
] as const;

/**
 * Parses `rate(...)` or the six-field `cron(...)` of EventBridge rules, in UTC. A rate counts from
 * `startedAt`. Throws for expressions that AWS refuses.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseSchedule(expression: string, startedAt: Date): Schedule {
  const [, kind, body = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return rateSchedule(body, expression, startedAt);
  if (kind === 'cron') return cronSchedule(body, expression);
  throw invalid(expression, 'must be rate(...) or cron(...)');
}

function rateSchedule(body: string, expression: string, startedAt: Date): Schedule {
  const [, count = '', unit = '', plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(body) ?? [];
  const unitMs = msPerUnit[unit];
  if (unitMs === undefined)
    throw invalid(expression, 'a rate must be a positive number and minutes, hours or days');
  if ((count === '1') === (plural === 's'))
    throw invalid(expression, 'the unit must be singular for 1 and plural otherwise');
  const everyMs = Number(count) * unitMs;
  return (after) => {
    const passed = Math.max(0, Math.floor((after.getTime() - startedAt.getTime()) / everyMs));
    return new Date(startedAt.getTime() + (passed + 1) * everyMs);
  };
}

function cronSchedule(body: string, expression: string): Schedule {
  const fields = body.trim().split(/\s+/);
  if (fields.length !== cronFields.length) throw invalid(expression, 'cron must have six fields');
  const [, , dayOfMonth, , dayOfWeek] = fields;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw invalid(expression, 'exactly one of day-of-month and day-of-week must be ?');
  }
  const translated = fields.map((field, index) => translateField(field, index, expression));
  const cron = new Cron(`0 ${translated.join(' ')}`, { timezone: 'UTC', mode: '7-part', paused: true });
  return (after) => cron.nextRun(after);
}

/**
 * Translates an AWS field to croner: AWS counts days of the week from 1 for Sunday, croner from 0; AWS allows
 * a number as the start of a step.
 */
function translateField(field: string, index: number, expression: string): string {
  const { name, highest } = cronFields[index] ?? { name: 'unknown', highest: 0 };
  const isDay = name === 'day-of-month' || name === 'day-of-week';
  if (field === '?' && isDay) return '*';
  const allowed = isDay ? /^[\dA-Z,\-*/#LW]+$/ : /^[\dA-Z,\-*/]+$/;
  if (!allowed.test(field)) throw invalid(expression, `${name} cannot be ${field}`);
  return field
    .split(',')
    .map((part) => (name === 'day-of-week' ? translateWeekday(part) : part))
    .map((part) => part.replace(/^(\d+)\//, `$1-${name === 'day-of-week' ? 6 : highest}/`))
    .join(',');
}

function translateWeekday(part: string): string {
  if (part === 'L') return '6';
  const [days = '', ...rest] = part.split(/(?=[/#])/);
  const shifted = days.replace(/\d+/g, (day) => String(Number(day) - 1));
  const last = /^(\d)L$/.exec(shifted);
  return last === null ? [shifted, ...rest].join('') : `${last[1]}#L`;
}

function invalid(expression: string, why: string): Error {
  return new Error(`Schedule expression ${expression}: ${why}`);
}
