import { describe, expect, test } from 'vitest';
import { parseWait } from '../../../../core/contract/http/prefer.ts';

const cap = 280;

describe('readWait of Prefer', () => {
  test.each([
    ['wait=10', 10],
    ['wait=2.5', 2.5],
    ['wait=0.001', 0.001],
    ['wait="10"', 10],
    ['wait = 10', 10],
    ['WAIT=10', 10],
    ['wait=10; foo=bar', 10],
    ['wait=010', 10],
    ['respond-async, wait=10', 10],
    ['respond-async,wait=10,handling=lenient', 10],
    [', ,wait=10', 10],
    ['wait=10, wait=20', 10],
    ['foo="a, wait=5", wait=10', 10],
    ['foo="say \\"hi, wait=3\\"", wait=10', 10],
    ['foo="x;wait=4"; bar, wait=10', 10],
    ['handling=lenient; wait=4, wait=10', 10],
    ['wait=281', cap],
    ['wait=999999999', cap],
    ['wait', cap],
    ['wait;x=y', cap],
    ['wait=', cap],
    ['wait=""', cap],
  ])('reads %j', (prefer, seconds) => {
    expect(parseWait({ prefer }, cap)).toEqual({ seconds });
  });

  test.each([
    '',
    'wait=0',
    'wait=0.0',
    'wait=-1',
    'wait=+1',
    'wait=1e3',
    'wait=0x10',
    'wait=NaN',
    'wait=Infinity',
    'wait=ten',
    'wait=.5',
    'wait=5.',
    'wait=5=6',
    'wait="5',
    "wait='5'",
    'wait=5 s',
    'wait=1234567890',
    'wait=ten, wait=5',
    'waiting=5',
    'xwait=5',
    'respond-async',
    'foo="wait=5"',
  ])('ignores %j', (prefer) => {
    expect(parseWait({ prefer }, cap)).toBeUndefined();
  });

  test('reads a hostile header quickly', () => {
    const startedAt = performance.now();
    for (const prefer of [
      '"'.repeat(20_001),
      'a="'.repeat(7000),
      ','.repeat(20_000),
      'wait '.repeat(4000),
      '"\\'.repeat(9999),
    ]) {
      expect(parseWait({ prefer }, cap)?.seconds ?? 0).toBeLessThanOrEqual(cap);
    }
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

describe('readWait of Timeout', () => {
  test.each([
    ['10', 10],
    [' 2.5 ', 2.5],
    ['300', cap],
  ])('reads %j as an alias', (timeout, seconds) => {
    expect(parseWait({ timeout }, cap)).toEqual({ seconds });
  });

  test.each(['0', '', '-1', 'x', '10 s', '"10"', '1e3'])('ignores %j', (timeout) => {
    expect(parseWait({ timeout }, cap)).toBeUndefined();
  });

  test('applies only where Prefer has no supported wait', () => {
    expect(parseWait({ prefer: 'wait=5', timeout: '10' }, cap)).toEqual({ seconds: 5 });
    expect(parseWait({ prefer: 'wait=0', timeout: '10' }, cap)).toBeUndefined();
    expect(parseWait({ prefer: 'wait=nonsense', timeout: '10' }, cap)).toEqual({ seconds: 10 });
    expect(parseWait({ prefer: 'respond-async', timeout: '10' }, cap)).toEqual({ seconds: 10 });
  });

  test('returns no wait when none is requested', () => {
    expect(parseWait({}, cap)).toBeUndefined();
  });
});
