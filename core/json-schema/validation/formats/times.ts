const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const timePattern =
  /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.\d+)?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

const dayMinutes = 24 * 60;

/** Whether a text is a `full-date`: https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
export function isDate(text: string): boolean {
  const [, year, month, day] = (datePattern.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

/**
 * Whether a text is a `full-time`, which has an offset: https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function isTime(text: string): boolean {
  const match = timePattern.exec(text);
  if (match === null) return false;
  const [, hour, minute, second, sign, offsetHour = '0', offsetMinute = '0'] = match;
  if (second !== '60') return true;
  // A leap second is the last second of a UTC day.
  const offset = Number(offsetHour) * 60 + Number(offsetMinute);
  const inUtc = Number(hour) * 60 + Number(minute) + (sign === '-' ? offset : -offset);
  return (inUtc + dayMinutes) % dayMinutes === dayMinutes - 1;
}

/**
 * Whether a text is a `date-time`; only `T` or `t` separates its parts:
 * https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function isDateTime(text: string): boolean {
  return /^[Tt]$/.test(text.charAt(10)) && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}

const dateUnits = '(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)';
const timeUnits = 'T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)';
const durationPattern = new RegExp(`^P(?:\\d+W|${dateUnits}(?:${timeUnits})?|${timeUnits})$`);

/** Whether a text is a `duration`, in upper case: https://www.rfc-editor.org/rfc/rfc3339#appendix-A */
export function isDuration(text: string): boolean {
  return durationPattern.test(text);
}

function daysOf(year: number, month: number): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2) return isLeapYear ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
