import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readDocument, section, tableRows } from './markdown.ts';

const guide = readDocument('docs/guides/security.md');
const boundaries = [...section(guide, 'Boundaries').matchAll(/^### (.*)$/gm)].map(([, title = '']) => title);

function exists(path: string): boolean {
  return existsSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)));
}

describe('the threat model', () => {
  test('has the boundaries between tenants, scopes and attempts', () => {
    expect(boundaries).toEqual(
      expect.arrayContaining(['Between tenants', 'Between scopes of one tenant', 'Between attempts']),
    );
  });

  test.each(boundaries)(
    'names for every threat under "%s" its countermeasure, and tests that exist',
    (title) => {
      const rows = tableRows(section(guide, title));
      expect(rows.length).toBeGreaterThan(0);
      for (const [threat = '', stop = '', tests = ''] of rows) {
        expect(stop, threat).not.toBe('');
        const paths = tests === 'the tests listed there' ? [] : tests.split(', ');
        expect(stop.includes('decision') || paths.length > 0, threat).toBe(true);
        expect(paths.filter((path) => !path.endsWith('.test.ts') || !exists(path))).toEqual([]);
      }
    },
  );
});
