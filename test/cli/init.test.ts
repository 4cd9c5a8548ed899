import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { init } from '../../cli/init/init.ts';
import { readManifest } from '../../manifest/read-manifest.ts';
import { definitionOf } from '../../manifest/resource-names.ts';

const languages = ['typescript', 'javascript', 'python', 'container'];

test.each(languages)('a service in %s has a valid manifest, whose parameters may be {}', (language) => {
  const parent = temporaryFolder();
  const files = init('thumb', language, parent);

  expect(files).toEqual(expect.arrayContaining(['service.json', 'README.md', '.gitignore']));
  expect(files.some((file) => /test/.test(file))).toBe(true);
  const manifest = readManifest(join(parent, 'thumb', 'service.json'));
  expect(manifest).toMatchObject({ name: 'thumb', version: '0.1.0-dev', title: 'Thumb' });
  expect(definitionOf(manifest).parameters).not.toHaveProperty('required');
});

test.each(languages)('the README of a service in %s has about ten lines', (language) => {
  const parent = temporaryFolder();
  init('thumb', language, parent);
  const lines = readFileSync(join(parent, 'thumb', 'README.md'), 'utf8')
    .trim()
    .split('\n');
  expect(lines.length).toBeLessThanOrEqual(10);
});

test('a container contains all modules of the service, which import each other', () => {
  const parent = temporaryFolder();
  const files = init('thumb', 'container', parent);
  const folder = join(parent, 'thumb');
  const modules = files.filter((file) => file.endsWith('.py') && !file.startsWith('test_')).sort();
  expect(modules).toEqual(['attempt.py', 'data.py', 'greet.py', 'main.py']);
  const copied = /^COPY (.*) \.\/$/m.exec(readFileSync(join(folder, 'Dockerfile'), 'utf8'))?.[1];
  expect(copied?.split(' ').sort()).toEqual(modules);
  const imports = `import ${modules.map((file) => file.replace('.py', '')).join(', ')}`;
  const { status, stderr } = spawnSync('python3', ['-B', '-c', imports], { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

test.each(['Thumb', '1thumb', 'thumb-', 'a/b', '..', 'x'.repeat(64), ''])(
  'the name %j is refused',
  (name) => {
    expect(() => init(name, 'typescript', temporaryFolder())).toThrow(
      /is not a valid service name: use 1 to 63/,
    );
  },
);

test('an unknown language is refused with the known ones', () => {
  expect(() => init('thumb', 'cobol', temporaryFolder())).toThrow(
    'There is no template for cobol: use typescript, javascript, python, container',
  );
});

test('a folder that is not empty is kept', () => {
  const parent = temporaryFolder();
  mkdirSync(join(parent, 'thumb'));
  writeFileSync(join(parent, 'thumb', 'notes.txt'), 'mine');
  expect(() => init('thumb', 'typescript', parent)).toThrow(/thumb exists and is not empty/);
  expect(readFileSync(join(parent, 'thumb', 'notes.txt'), 'utf8')).toBe('mine');
});

test('an empty folder is used', () => {
  const parent = temporaryFolder();
  mkdirSync(join(parent, 'thumb'));
  expect(init('thumb', 'python', parent)).toContain('main.py');
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'errand-init-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
