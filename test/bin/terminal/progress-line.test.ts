import { expect, test } from 'vitest';
import { progressBar, progressText } from '../../../bin/terminal/progress-line.ts';

test('the bar is filled in proportion to the completion, and has a constant width', () => {
  expect(progressBar(0)).toBe('░'.repeat(32));
  expect(progressBar(0.5)).toBe('█'.repeat(16) + '░'.repeat(16));
  expect(progressBar(1)).toBe('█'.repeat(32));
  for (const completion of [-1, 0.013, 0.99, 7]) expect(progressBar(completion)).toHaveLength(32);
});

test('the percentage is shown only if the job has reported its completion, and only an ended job has 100 %', () => {
  expect(progressText({ state: 'executing', completion: 0.999, elapsedMs: 12_345 })).toBe(
    'executing   99 %  12.3 s',
  );
  expect(progressText({ state: 'pending', completion: undefined, elapsedMs: 0 })).toBe(
    'pending            0.0 s',
  );
});

test('the message of the service follows the columns', () => {
  expect(progressText({ state: 'executing', completion: 0.5, elapsedMs: 1_000, message: '1,461 rows' })).toBe(
    'executing   50 %   1.0 s  1,461 rows',
  );
});
