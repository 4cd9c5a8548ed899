import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { writeTypes } from '../../../cli/types/types-command.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});
afterAll(() => errand.end());

async function run(options: { services?: readonly string[]; out?: string; isCheck?: boolean }) {
  const output: string[] = [];
  const errors: string[] = [];
  const status = await writeTypes(
    { url: errand.url, apiKey: errand.apiKey },
    { out: undefined, services: [], isCheck: false, ...options },
    { log: (text) => output.push(text), error: (text) => errors.push(text) },
  );
  return { status, output: output.join('\n'), errors };
}

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'errand-types-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'types.ts');
}

describe('errand types', () => {
  test('prints the types of all active versions', async () => {
    const { status, output, errors } = await run({});
    expect([status, errors]).toEqual([0, []]);
    for (const text of ["'csv-profile': {", "'2.0.0': {", "outputs: 'histograms' | 'profile';", "'echo': {"])
      expect(output).toContain(text);
  });

  test('prints only the selected versions, and the range that selects one', async () => {
    const { output } = await run({ services: ['csv-profile@^2'] });
    expect(output).toContain("'^2': RegisteredServices['csv-profile']['2.0.0'];");
    expect(output).not.toContain("'1.");
    expect(output).not.toContain('echo');
  });

  test('writes a file, and checks whether it is up to date', async () => {
    const out = temporaryFile();
    const services = ['csv-profile'];
    expect(await run({ services, out, isCheck: true })).toMatchObject({
      status: 1,
      errors: [expect.stringContaining('does not exist')],
    });
    expect(await run({ services, out })).toMatchObject({
      status: 0,
      errors: [`${out} was written: 2 versions of 1 service`],
    });
    expect(readFileSync(out, 'utf8')).toContain("declare module 'errand'");
    expect((await run({ services, out, isCheck: true })).status).toBe(0);
    writeFileSync(out, readFileSync(out, 'utf8').replace('rows: number', 'rows: string'));
    expect(await run({ services, out, isCheck: true })).toMatchObject({
      status: 1,
      errors: [expect.stringContaining('is out of date')],
    });
    expect(readFileSync(out, 'utf8')).toContain('rows: string');
  });

  test.each([
    [['csv-profil'], /csv-profile/],
    [['csv-profile@^7'], /No version of csv-profile is in the range \^7/],
    [['CSV'], /--service CSV: give a name/],
    [['csv-profile@newest'], /--service csv-profile@newest: give a name/],
  ])('refuses the services %s', async (services, message) => {
    await expect(run({ services })).rejects.toThrow(message);
  });

  test('refuses a check without a file', async () => {
    await expect(run({ isCheck: true })).rejects.toThrow('name it with --out');
  });
});
