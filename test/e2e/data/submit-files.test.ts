import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { downloadTo } from '../../../bin/data/download-to.ts';
import { uploadFile } from '../../../bin/data/upload-file.ts';
import { createScreen } from '../../../bin/terminal/screen.ts';
import { submit } from '../../../cli/submit/submit.ts';
import type { GivenInput, SubmitOptions } from '../../../cli/submit/submit-options.ts';
import { collectingStream } from '../../bin/terminal/terminal-stream.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { readManifest, schemaErrors } from '../../support/manifest-schema.ts';

const weather = join(import.meta.dirname, '../../../node_modules/vega-datasets/data/seattle-weather.csv');

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});
afterAll(() => errand.end());

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'errand-submit-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function run(inputs: readonly GivenInput[], changes: Partial<SubmitOptions> = {}, isJson = true) {
  const { stream, written } = collectingStream(undefined);
  const results: string[] = [];
  const options = {
    service: 'csv-profile@2.0.0',
    inputs,
    parameters: undefined,
    tags: ['cli'],
    group: 'from the command line',
    reuseSeconds: undefined,
    waitSeconds: Number.POSITIVE_INFINITY,
    uploadsFolder: join(folder(), 'uploads'),
    ...changes,
  };
  const output = {
    screen: createScreen(stream),
    isJson,
    write: (text: string) => void results.push(text),
    signal: new AbortController().signal,
  };
  const status = await submit(errand, options, output);
  return { status, text: written.join(''), results };
}

describe('errand submit', () => {
  test('uploads a file, waits for the job, and returns its result and its outputs', async () => {
    const { status, text, results } = await run([{ slot: 'table', path: weather }]);
    expect(status).toBe(0);
    expect(text).toMatch(/uploaded seattle-weather\.csv {2}0\.05 MB/);
    expect(text).toMatch(/succeeded {2}100 % .* 1,461 rows/);
    const job = JSON.parse(results.join('')) as {
      id: string;
      result: object;
      tags: string[];
      group: string;
      inputs: object;
      outputs: { profile: [{ id: string }]; histograms: [{ id: string }] };
    };
    expect(schemaErrors(readManifest('csv-profile-2').result, job.result)).toEqual([]);
    expect(job).toMatchObject({
      tags: ['cli'],
      group: 'from the command line',
      inputs: { table: [{ name: 'seattle-weather.csv', mediaType: 'text/csv', sizeBytes: 48_219 }] },
      outputs: {
        profile: [{ name: 'profile.json', mediaType: 'application/json', complete: true }],
        histograms: [{ name: 'histograms.svg', mediaType: 'image/svg+xml', complete: true }],
      },
      result: { rows: 1461, columns: { length: 6 } },
    });
    const directory = folder();
    await downloadTo(errand, { id: job.outputs.profile[0].id, path: join(directory, 'profile.json') });
    expect(JSON.parse(readFileSync(join(directory, 'profile.json'), 'utf8'))).toMatchObject({
      rows: 1461,
      columns: [{ name: 'date', type: 'date', histogram: { counts: { length: 12 } } }, {}, {}, {}, {}, {}],
    });
    await downloadTo(errand, { id: job.outputs.histograms[0].id, path: join(directory, 'picture') });
    const picture = await sharp(readFileSync(join(directory, 'picture'))).metadata();
    expect(picture).toMatchObject({ format: 'svg', width: 1_000 });
  });

  test('takes a data object by its ID, and shows the failure of a job', async () => {
    const path = join(folder(), 'broken.csv');
    writeFileSync(path, 'a,b\n1\n');
    const dataId = await uploadFile(errand, { path });
    const { status, text } = await run([{ slot: 'table', dataId }], {}, false);
    expect(status).toBe(1);
    expect(text).toContain(
      'service-failed: malformed-csv: The CSV is malformed at line 2: the row has 1 field',
    );
  });

  test('reuses the result of an earlier job with the same file under another name', async () => {
    const earlier = await run([{ slot: 'table', path: weather }]);
    const renamed = join(folder(), 'renamed.csv');
    copyFileSync(weather, renamed);
    const reused = await run([{ slot: 'table', path: renamed }], { reuseSeconds: 3600 });
    expect(reused.status).toBe(0);
    const [first, second] = [earlier, reused].map(
      ({ results }) => JSON.parse(results.join('')) as { id: string; result: object; outputs: object },
    );
    expect(second).toMatchObject({
      attempt: 0,
      reusedFrom: expect.any(String),
      result: first?.result,
      outputs: { profile: [{ name: 'profile.json' }], histograms: [{ name: 'histograms.svg' }] },
    });
  });

  test('does not wait without --wait, and reports how to follow the job', async () => {
    const { status, text } = await run([{ slot: 'table', path: weather }], { waitSeconds: undefined }, false);
    expect(status).toBe(0);
    expect(text).toMatch(/job [\da-f-]{36} was submitted\n {2}Its state: GET http:\/\/.*\/v1\/jobs\//);
  });

  test('refuses an unknown slot and wrong parameters before it uploads a file', async () => {
    const before = await dataCount();
    await expect(run([{ slot: 'tables', path: weather }])).rejects.toThrow(
      /^The job was not submitted:[\s\S]*\/inputs\/tables: is not an input slot of the service, which has table/,
    );
    await expect(run([{ slot: 'table', path: weather }], { parameters: { delimiter: 7 } })).rejects.toThrow(
      /^The job was not submitted:[\s\S]*\/delimiter/,
    );
    await expect(
      run([
        { slot: 'table', path: weather },
        { slot: 'table', path: weather },
      ]),
    ).rejects.toThrow(/must contain one data object, not 2/);
    await expect(run([{ slot: 'table', path: join(folder(), 'none.csv') }])).rejects.toThrow(
      /there is no such file$/,
    );
    expect(await dataCount()).toBe(before);
  });

  test('reports a missing input', async () => {
    await expect(run([])).rejects.toThrow(/^The job was not submitted:[\s\S]*\/inputs\/table: is required/);
  });
});

async function dataCount(): Promise<number> {
  return ((await errand.call('/v1/data?limit=1000')).body as { items: unknown[] }).items.length;
}
