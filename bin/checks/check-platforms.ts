/**
 * Fails if the shipped code uses something that works on one platform only, unless the use is in the list of
 * allowed uses, and if an entry of the list is no longer necessary. Tests run on Linux only and are not checked.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { allowedPlatformUses } from './platforms/allowed-platform-uses.ts';
import { findPlatformUses, findUnixScripts, type PlatformUse } from './platforms/find-platform-uses.ts';
import { platformRules } from './platforms/platform-rules.ts';

/** Well below the current number of files: a check of no files finds no uses. */
const fewestFiles = 450;
const listFile = 'bin/checks/platforms/allowed-platform-uses.ts';
const scriptAdvice = 'the shell of Windows does not run it: use a program of Node.js';

const root = join(import.meta.dirname, '..', '..');
const sources = globSync(
  '{aws,bin,build,cli,constructs,core,examples,functions,infra,local,manifest,package,worker}/**/*.{ts,js}',
  {
    cwd: root,
  },
)
  .map((file) => file.split(sep).join('/'))
  .filter((file) => !file.startsWith('local/test/') && !/\/(node_modules|cdk\.out)\//.test(file));
const manifests = ['package.json', 'local/package.json', 'package/package.json'];
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const uses = [
  ...sources.flatMap((file) => inFile(file, findPlatformUses(file, read(file)))),
  ...manifests.flatMap((file) => inFile(file, findUnixScripts(read(file)))),
];
const allowed = allowedPlatformUses.flatMap(({ file, rules }) => rules.map((rule) => `${rule} in ${file}`));
const errors = [
  ...uses
    .filter(({ name }) => !allowed.includes(name))
    .map(({ file, use }) => `${file}:${use.line} ${use.rule}: ${use.text}\n  ${adviceOf(use)}`),
  ...allowed
    .filter((name) => !uses.some((use) => use.name === name))
    .map((name) => `${listFile}: there is no ${name} any more; remove the entry`),
  ...(sources.length < fewestFiles
    ? [
        `Only ${sources.length} files were checked, expected at least ${fewestFiles}: check the list of folders`,
      ]
    : []),
];
for (const error of errors) console.error(error);
if (errors.length > 0) {
  console.error(`A use that is necessary needs an entry with its reason in ${listFile}`);
  process.exitCode = 1;
} else
  console.log(`${sources.length} files work on Linux, macOS and Windows; ${allowed.length} uses are allowed`);

function inFile(file: string, found: readonly PlatformUse[]) {
  return found.map((use) => ({ file, use, name: `${use.rule} in ${file}` }));
}

function adviceOf({ rule }: PlatformUse): string {
  return rule === 'script' ? scriptAdvice : platformRules[rule].advice;
}
