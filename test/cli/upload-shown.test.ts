import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createScreen } from '../../bin/terminal/screen.ts';
import { uploadKey } from '../../cli/submit/upload-keys.ts';
import { uploadShown } from '../../cli/submit/upload-shown.ts';
import { type FakeDataOptions, startFakeDataApi } from '../bin/data/fake-data-api.ts';
import { collectingStream } from '../bin/terminal/terminal-stream.ts';

const content = Buffer.from('date,temperature\n');

async function setUp(options: FakeDataOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'errand-shown-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'weather.csv');
  writeFileSync(path, content);
  const known = { value: '' };
  const api = await startFakeDataApi({
    ...options,
    get existingKey() {
      return known.value;
    },
  });
  const file = { apiUrl: api.url, path, earlierUploads: 0 };
  const uploadsFolder = join(folder, 'uploads');
  const { stream, written } = collectingStream(undefined);
  const stopping = new AbortController();
  const settings = { screen: createScreen(stream), uploadsFolder, signal: stopping.signal };
  return {
    api,
    upload: () => uploadShown(api, file, settings),
    /** Leaves the key that an interrupted command has stored. */
    interruptEarlier: () => {
      known.value = uploadKey(uploadsFolder, file).value;
    },
    isRemembered: () => uploadKey(uploadsFolder, file).isKnown,
    written: () => written.join(''),
    stop: () => stopping.abort(new Error('stopped')),
  };
}

test('an upload whose data object has failed starts again with another key', async () => {
  const { api, upload, interruptEarlier, isRemembered, written } = await setUp({
    existingBytes: content.length,
    existingStatus: 'failed',
  });
  interruptEarlier();
  const { id, key } = await upload();
  expect(id).toBe('d1');
  expect(api.created).toMatchObject([{ name: 'weather.csv', sizeBytes: content.length }]);
  expect(api.content()).toEqual(content);
  expect(written()).toContain('uploaded weather.csv  0.00 MB  data d1');
  expect(isRemembered()).toBe(true);
  key.forget();
  expect(isRemembered()).toBe(false);
});

test('an interrupted upload is remembered, and the message says how to continue it', async () => {
  let stop = (): void => undefined;
  const started = await setUp({
    intercept: ({ method }) => {
      if (method === 'PUT') stop();
      return method === 'PUT';
    },
  });
  stop = started.stop;
  await expect(started.upload()).rejects.toThrow('stopped');
  expect(started.written()).toContain(
    'The upload of weather.csv was interrupted: repeat the command to continue it.',
  );
  expect(started.isRemembered()).toBe(true);
});

test('an upload that is refused with a new key is an error, and is not remembered', async () => {
  const { upload, isRemembered } = await setUp({
    intercept: ({ url = '' }, response) => {
      if (!url.endsWith('/complete')) return false;
      const type = 'https://errand.dev/problems/checksum-mismatch';
      response.writeHead(422).end(JSON.stringify({ type, detail: 'The content differs.' }));
      return true;
    },
  });
  await expect(upload()).rejects.toThrow(/weather\.csv was not uploaded: .* The content differs\.$/);
  expect(isRemembered()).toBe(false);
});
