import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortableName } from '../../../../core/data/model/sortable-name.ts';

test('a name of at most 984 bytes is sortable as it is', () => {
  const name = `${'é'.repeat(490)}abcd`;
  expect(Buffer.byteLength(name)).toBe(984);
  expect(sortableName(name)).toBe(name);
});

test('a longer name is cut to at most 984 bytes without cutting a character', () => {
  const property = fc.property(fc.string({ unit: 'binary', minLength: 300, maxLength: 1100 }), (text) => {
    const cut = sortableName(text.repeat(4));
    const rest = text.repeat(4).slice(cut.length);
    expect(text.repeat(4).startsWith(cut)).toBe(true);
    expect(cut.isWellFormed()).toBe(true);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(984);
    expect(Buffer.byteLength(cut) + Buffer.byteLength([...rest][0] ?? '')).toBeGreaterThan(984);
  });
  fc.assert(property, { numRuns: 50 });
});
