import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { uploadKey, uploadsFolder } from '../../cli/submit/upload-keys.ts';

function setUp() {
  const parent = mkdtempSync(join(tmpdir(), 'errand-keys-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const path = join(parent, 'table.csv');
  writeFileSync(path, 'a,b');
  const file = { apiUrl: 'https://errand.example', path, earlierUploads: 0 };
  return { folder: join(parent, 'uploads'), file, path };
}

test('the key of a file is known until it is forgotten', () => {
  const { folder, file } = setUp();
  const first = uploadKey(folder, file);
  expect(first).toMatchObject({ isKnown: false });
  const second = uploadKey(folder, file);
  expect(second).toMatchObject({ value: first.value, isKnown: true });
  second.forget();
  second.forget();
  const third = uploadKey(folder, file);
  expect(third.isKnown).toBe(false);
  expect(third.value).not.toBe(first.value);
});

test.each([
  { what: 'another API', change: { apiUrl: 'https://other.example' } },
  { what: 'a second upload of the same file', change: { earlierUploads: 1 } },
])('$what has its own key', ({ change }) => {
  const { folder, file } = setUp();
  const { value } = uploadKey(folder, file);
  const other = uploadKey(folder, { ...file, ...change });
  expect(other.isKnown).toBe(false);
  expect(other.value).not.toBe(value);
});

test.each([
  { what: 'in its size', change: (path: string) => writeFileSync(path, 'a,b,c') },
  { what: 'in its content only', change: (path: string) => utimesSync(path, 1, 2) },
])('a file that has changed $what has a new key', ({ change }) => {
  const { folder, file, path } = setUp();
  uploadKey(folder, file);
  change(path);
  expect(uploadKey(folder, file).isKnown).toBe(false);
});

test('a record that was not written completely is replaced', () => {
  const { folder, file } = setUp();
  uploadKey(folder, file);
  const [record = ''] = readdirSync(folder);
  writeFileSync(join(folder, record), '0198c0de-');
  expect(uploadKey(folder, file).isKnown).toBe(false);
  expect(uploadKey(folder, file).isKnown).toBe(true);
});

test('records that are older than a week are removed', () => {
  const { folder, file } = setUp();
  uploadKey(folder, file);
  const [record = ''] = readdirSync(folder);
  const eightDaysAgo = Date.now() / 1_000 - 8 * 86_400;
  utimesSync(join(folder, record), eightDaysAgo, eightDaysAgo);
  uploadKey(folder, { ...file, earlierUploads: 1 });
  expect(readdirSync(folder)).toHaveLength(1);
  expect(readdirSync(folder)).not.toContain(record);
});

test('a folder that cannot be written is no error', () => {
  const { folder, file } = setUp();
  writeFileSync(folder, 'a file in the way');
  expect(uploadKey(folder, file).isKnown).toBe(false);
  expect(() => uploadKey(folder, file).forget()).not.toThrow();
  rmSync(folder);
  mkdirSync(folder);
  expect(uploadKey(folder, file).isKnown).toBe(false);
});

test('the folder is that of the cache of the user', () => {
  expect(uploadsFolder({ XDG_CACHE_HOME: '/cache' })).toBe(join('/cache', 'errand', 'uploads'));
  expect(uploadsFolder({})).toMatch(/\.cache.errand.uploads$/);
});
