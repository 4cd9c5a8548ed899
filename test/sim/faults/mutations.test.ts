import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readDocument, section, tableRows } from '../../docs/markdown.ts';
import { mutations } from './mutations.ts';
import { plantEdit } from './plant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test.each(mutations)('the fault "$what" can be planted in the sources', ({ edits }) => {
  for (const edit of edits) {
    expect(plantEdit(root, edit).text).not.toBe('');
    expect(edit.to).not.toBe(edit.from);
  }
});

test('the decision about planted faults lists each of them', () => {
  const page = readDocument('docs/decisions/0016-the-simulation-must-find-planted-faults.md');
  const listed = tableRows(section(page, 'Consequences')).map(([what]) => what);
  expect(listed).toEqual(mutations.map(({ what }) => what));
  expect(page).toContain(`finds all ${mutations.length} planted faults`);
});
