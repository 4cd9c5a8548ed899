import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readDocument, section, tableRows } from './markdown.ts';

const guide = readDocument('docs/guides/extending.md');
const root = fileURLToPath(new URL('../../', import.meta.url));
const recipes = [...guide.matchAll(/^## (.*)$/gm)].map(([, title = '']) => title);

function filesOf(recipe: string): readonly string[] {
  return [...section(guide, recipe).matchAll(/`((?:[a-z-]+\/)+[a-z-]+(?:\.test)?\.(?:ts|json|md))`/g)].map(
    ([, file = '']) => file,
  );
}

describe('the guide to extending', () => {
  test('has the five recipes', () => {
    expect(recipes).toHaveLength(5);
  });

  test.each(recipes)('names files that exist: %s', (recipe) => {
    const files = filesOf(recipe);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(existsSync(`${root}${file}`), file).toBe(true);
  });

  test.each(recipes)('names the commits that followed it: %s', (recipe) => {
    expect(section(guide, recipe)).toMatch(/[Cc]ommits?\s`(?:[0-9a-f]{7}|[a-z]+\([a-z]+\): [^`]+)`/);
  });

  test('needs at most eight files for a route that reads, besides the document that a command writes', () => {
    const rows = tableRows(section(guide, 'Add a route that reads')).map(([, file = '']) => file);
    const files = new Set(rows.flatMap((cell) => [...cell.matchAll(/[\w/.-]+\.ts/g)].map(([file]) => file)));
    expect(files.size).toBeGreaterThan(4);
    expect(files.size).toBeLessThanOrEqual(8);
  });
});
