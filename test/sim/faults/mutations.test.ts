import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutations } from './mutations.ts';
import { plantEdit } from './plant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test.each(mutations)('the fault "$what" can be planted in the sources', ({ edits }) => {
  for (const edit of edits) {
    expect(plantEdit(root, edit).text).not.toBe('');
    expect(edit.to).not.toBe(edit.from);
  }
});
