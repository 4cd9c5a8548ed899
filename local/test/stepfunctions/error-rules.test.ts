import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  compileRetriers,
  includesError,
  retryPauseSeconds,
} from '../../stepfunctions/interpreter/error-rules.ts';

afterEach(() => vi.restoreAllMocks());

function pausesOf(rule: object, count: number): readonly number[] {
  const [retrier] = compileRetriers([{ ErrorEquals: ['States.ALL'], ...rule }]);
  if (retrier === undefined) throw new Error('The rule was not compiled');
  return Array.from({ length: count }, (_, earlier) => retryPauseSeconds(retrier, earlier));
}

describe('the pauses before retries', () => {
  test('double from one second by default', () => {
    expect(pausesOf({}, 4)).toEqual([1, 2, 4, 8]);
  });

  test('grow by BackoffRate up to MaxDelaySeconds', () => {
    expect(pausesOf({ IntervalSeconds: 2, BackoffRate: 1.5, MaxDelaySeconds: 4 }, 4)).toEqual([2, 3, 4, 4]);
  });

  test('are drawn from zero to their full length with full jitter', () => {
    vi.spyOn(Math, 'random').mockReturnValueOnce(0.25).mockReturnValueOnce(0);
    expect(pausesOf({ IntervalSeconds: 4, JitterStrategy: 'FULL' }, 2)).toEqual([1, 0]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
test.each<[string, string, boolean]>([
  ['States.ALL', 'Boom', true],
  ['States.ALL', 'States.Timeout', true],
  ['States.ALL', 'States.DataLimitExceeded', false],
  ['States.ALL', 'States.Runtime', false],
  ['States.TaskFailed', 'Boom', true],
  ['States.TaskFailed', 'States.Timeout', false],
  ['States.TaskFailed', 'States.DataLimitExceeded', false],
  ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
  ['States.Runtime', 'States.Runtime', false],
  ['Boom', 'Bang', false],
])('whether %s includes %s is %j', (rule, name, expected) => {
  expect(includesError([rule], name)).toBe(expected);
});
