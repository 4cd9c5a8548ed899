import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { truncateText } from '../../../../core/jobs/model/truncate-text.ts';

const bytesInJson = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2;

describe('truncateText', () => {
  test.each([
    ['', 3, ''],
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abc…'],
    ['€€€', 9, '€€€'],
    ['€€€€', 11, '€€…'],
    ['🙂🙂🙂', 11, '🙂🙂…'],
    ['\u0001\u0001', 11, '\u0001…'],
    ['"""', 5, '"…'],
  ])('shortens %j, with %i bytes in JSON, to %j', (text, maxBytes, bounded) => {
    expect(truncateText(text, maxBytes)).toBe(bounded);
  });

  test('never exceeds its limit in bytes, and does not change text that fits', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(anyText, fc.integer({ min: 3, max: 200 }), (text, maxBytes) => {
        const bounded = truncateText(text, maxBytes);
        expect(bytesInJson(bounded)).toBeLessThanOrEqual(maxBytes);
        expect(bounded === text).toBe(bytesInJson(text) <= maxBytes);
        expect(bounded === text || text.startsWith(bounded.slice(0, -1))).toBe(true);
      }),
    );
  });
});
