import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mutations } from './mutations.ts';

it.each(mutations)(
  'a fault that is planted, "$what", has its place in the sources, and one only',
  ({ edits }) => {
    for (const { file, from, to } of edits) {
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
      expect(source.split(from), `${file}: ${from}`).toHaveLength(2);
      expect(to).not.toBe(from);
    }
  },
);
