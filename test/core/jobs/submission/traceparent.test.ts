import { describe, expect, test } from 'vitest';
import { derivedTraceparent, parseTraceparent } from '../../../../core/jobs/submission/traceparent.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';

describe('parseTraceparent', () => {
  test.each([`00-${trace}-${span}-01`, `00-${trace}-${span}-00`, `cc-${trace}-${span}-ff`])(
    'accepts %s',
    (text) => {
      expect(parseTraceparent(text)).toBe(text);
      expect(parseTraceparent(` ${text} `)).toBe(text);
    },
  );

  test.each([
    undefined,
    '',
    'ff',
    `ff-${trace}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace}-${span}`,
    `00-${trace}-${span}-1`,
    `00-${trace}-${span}-01-extra`,
    `00-${trace.slice(1)}-${span}-01`,
    `00-${trace}g-${span}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `0x-${trace}-${span}-01`,
    `00-${trace}-${span}-01\n00-${trace}-${span}-01`,
    `00-${trace}-${span}-01, 00-${trace}-${span}-01`,
  ])('ignores %j', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });
});

describe('derivedTraceparent', () => {
  test('derives the trace from the ID of the job', () => {
    const made = derivedTraceparent('019b7c94-1d2e-7abc-8def-0123456789ab');
    expect(made).toBe('00-019b7c941d2e7abc8def0123456789ab-8def0123456789ab-01');
    expect(parseTraceparent(made)).toBe(made);
  });
});
