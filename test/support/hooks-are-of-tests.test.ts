import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// Such a module is loaded once for many test files, and its hook would apply only to the first of them.
test('no module beside the tests has a hook', () => {
  const modules = globSync('test/**/*.ts').filter((file) => !/\.(?:test|check)\.ts$/.test(file));
  const hooked = modules.filter((file) =>
    /^(?:before|after)(?:Each|All)\(/m.test(readFileSync(file, 'utf8')),
  );
  expect(modules.length).toBeGreaterThan(50);
  expect(hooked).toEqual([]);
});
