import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { synthesizeApp } from '../../../bin/apps/synthesize-app.ts';
import { isRunning, until } from '../../../local/test/fixture/until.ts';

/** Writes the environment of the synthesis in place of an assembly. */
const app = `
import { readFileSync, writeFileSync } from 'node:fs';
const { CDK_OUTDIR, CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION, CDK_CONTEXT_JSON, CONTEXT_OVERFLOW_LOCATION_ENV } = process.env;
const overflow = CONTEXT_OVERFLOW_LOCATION_ENV ? JSON.parse(readFileSync(CONTEXT_OVERFLOW_LOCATION_ENV, 'utf8')) : {};
const context = { ...JSON.parse(CDK_CONTEXT_JSON), ...overflow };
const seen = { cwd: process.cwd(), account: CDK_DEFAULT_ACCOUNT, region: CDK_DEFAULT_REGION, context };
writeFileSync(CDK_OUTDIR + '/manifest.json', JSON.stringify(seen));
`;

function folderWith(files: Readonly<Record<string, string | object>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-app-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return folder;
}

async function synthesizeIn(folder: string): Promise<unknown> {
  const output = join(folder, 'out');
  const directory = await synthesizeApp({ name: 'team', folder }, output);
  expect(directory).toBe(output);
  return JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8'));
}

function errorIn(folder: string): Promise<string> {
  return synthesizeApp({ name: 'team', folder }, join(folder, 'out')).then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

test('the command of cdk.json runs in its folder with the account, the region and the context', async () => {
  const folder = folderWith({
    'app.mjs': app,
    'cdk.json': { app: 'node app.mjs', context: { stage: 'test', zone: 'own' } },
    'cdk.context.json': { zone: 'remembered', ami: 'ami-1' },
  });
  expect(await synthesizeIn(folder)).toEqual({
    cwd: folder,
    account: '000000000000',
    region: 'us-east-1',
    context: {
      stage: 'test',
      zone: 'own',
      ami: 'ami-1',
      'aws:cdk:enable-path-metadata': true,
      'aws:cdk:enable-asset-metadata': true,
      'aws:cdk:bundling-stacks': ['**'],
      'errand:build-target': 'local',
    },
  });
});

test('the command `build` runs before the app, and a script can stand for its command', async () => {
  const build = `node -e "require('fs').writeFileSync('app.js', require('fs').readFileSync('app.mjs'))"`;
  const folder = folderWith({
    'package.json': { type: 'module' },
    'app.mjs': app,
    'cdk.json': { app: 'app.js', build },
  });
  expect(await synthesizeIn(folder)).toMatchObject({ cwd: folder });
});

test('a context that is too long for a variable is passed in a file', async () => {
  const long = 'x'.repeat(200_000);
  const folder = folderWith({ 'app.mjs': app, 'cdk.json': { app: 'node app.mjs', context: { long } } });
  expect(await synthesizeIn(folder)).toMatchObject({ context: { long } });
});

test('a program in node_modules of the app is found', async () => {
  const folder = folderWith({ 'app.mjs': app, 'cdk.json': { app: 'run-app' } });
  const bin = join(folder, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'run-app'), '#!/bin/sh\nexec node app.mjs\n', { mode: 0o755 });
  expect(await synthesizeIn(folder)).toMatchObject({ cwd: folder });
});

test('an app ends with the process that synthesizes it, also if that is killed', async () => {
  const waiting = `require('fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000);`;
  const folder = folderWith({ 'app.cjs': waiting, 'cdk.json': { app: 'node app.cjs && echo done' } });
  const synthesizer = join(import.meta.dirname, '..', 'fixture', 'synthesize.ts');
  const child = spawn(process.execPath, [synthesizer, folder], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const read = () => Number(readFileSync(join(folder, 'pid'), { encoding: 'utf8', flag: 'a+' }));
  const pid = await until('the app runs', read);
  child.kill('SIGKILL');
  await until('the app has ended', () => !isRunning(pid));
});

test('functions find the AWS SDK of the app', async () => {
  const folder = folderWith({ 'app.mjs': app, 'cdk.json': { app: 'node app.mjs' } });
  const client = join(folder, 'node_modules', '@aws-sdk', 'client-own');
  mkdirSync(client, { recursive: true });
  writeFileSync(join(client, 'index.js'), 'module.exports = "own";');
  await synthesizeIn(folder);
  await synthesizeIn(folder); // replaces the link
  const code = createRequire(join(folder, 'out', 'asset.1', 'index.js'));
  expect(code('@aws-sdk/client-own')).toBe('own');
});

test('an assembly is used as it is: as the folder of the app, or as the app of cdk.json', async () => {
  const assembly = folderWith({ 'manifest.json': '{}' });
  expect(await synthesizeApp({ name: 'team', folder: assembly }, '/unused')).toBe(assembly);
  const folder = folderWith({ 'cdk.json': { app: assembly } });
  expect(await synthesizeApp({ name: 'team', folder }, '/unused')).toBe(assembly);
});

test('an app that fails is reported with its command, its exit status and its output, and leaves no assembly', async () => {
  const folder = folderWith({ 'app.mjs': app, 'cdk.json': { app: 'node app.mjs' } });
  await synthesizeIn(folder);
  writeFileSync(join(folder, 'app.mjs'), `console.error('no such construct'); process.exit(3);`);
  expect(await errorIn(folder)).toBe(`node app.mjs in ${folder} ended with 3:\nno such construct`);
  expect(() => readFileSync(join(folder, 'out', 'manifest.json'))).toThrow('ENOENT');
});

test.each([
  ['without a cdk.json', {}, 'contains neither a cdk.json nor the manifest.json of a synthesized app'],
  ['with a cdk.json that is no JSON', { 'cdk.json': '{' }, 'cdk.json is not valid JSON: '],
  ['with a cdk.json without an app', { 'cdk.json': {} }, 'cdk.json: app is invalid: '],
  [
    'whose app writes no assembly',
    { 'cdk.json': { app: 'node -e 0' } },
    'node -e 0 wrote no assembly into the folder CDK_OUTDIR',
  ],
])('a folder %s is an error', async (_what, files, message) => {
  expect(await errorIn(folderWith(files))).toContain(message);
});

test('a folder that does not exist is an error', async () => {
  expect(await errorIn('/nowhere/app')).toBe('the folder /nowhere/app does not exist');
});
