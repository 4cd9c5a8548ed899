import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented } from '../../support/local-service/expect-documented.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';
import {
  type PausedService,
  pausedFunctionName,
  startPausedService,
} from '../../support/local-service/paused-service.ts';
import { uploadedData } from './uploaded-data.ts';

/** Names that could be a path, end a header, or mislead a reader. All of them are valid. */
const names = {
  'a path to a parent': '../../etc/passwd',
  'a path': 'a/b/c',
  'a path on Windows': 'C:\\Windows\\a.exe',
  'an encoded path': '%2e%2e%2f%00',
  'two dots': '..',
  'a letter and an emoji of one character': '日本語 🎉.csv',
  'an emoji of several characters': '👩‍👩‍👧‍👦 👍🏽.csv',
  'combining characters, which are not normalized': 'e\u0301 \u00e9 \u1112\u1161\u11ab \ud55c',
  'marks that reverse the order': 'invoice\u202egpj.exe \u200f\u2067שלום\u2069\u061c',
  'invisible characters': '\ufeff\u200b\u00ad',
  'the end of a quoted text': '"quoted"; filename=evil.html',
  'a header': 'line\r\nSet-Cookie: a=b',
  'control characters': '\u0000\u0001\u001b[2J\u007f\u0085\u2028',
  'a space': ' ',
  markup: '<img src=x onerror=alert(1)>',
  '1,024 bytes': 'é'.repeat(512),
  '1,024 bytes in characters of 4 bytes': '\u{1f600}'.repeat(256),
  'the last code point': '\u{10ffff}\uffff',
};
const all = Object.values(names);
const content = Buffer.from('abc');

let paused: PausedService;
let errand: TestErrand;
beforeAll(async () => {
  paused = await startPausedService();
  errand = await startChangedErrand([paused.change]);
  const body = {
    parameters: {},
    dispatcher: { kind: 'lambda', functionName: pausedFunctionName },
    inputs: { files: { collection: true } },
    outputs: { files: { collection: true } },
  };
  const service = await errand.call('/v1/services/copy/versions/1.0.0', { method: 'PUT', body });
  expect(service.status).toBe(201);
});
afterAll(async () => {
  await errand?.end();
  await paused?.stop();
});

const call: TestErrand['call'] = (path, options) => errand.call(path, options);
const namesOf = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name);

describe.each(Object.entries(names))('a name with %s', (_, name) => {
  test('is returned as it was sent, and found by its beginning', async () => {
    const { id } = await uploadedData(call, content, { name });
    expect((await call(`/v1/data/${id}`)).body.name).toBe(name);
    const found = await call(`/v1/data?id=${id}&namePrefix=${encodeURIComponent(name)}`);
    expect(namesOf(expectDocumented(found, 'listData').body.items)).toEqual([name]);
    const byName = await call(`/v1/data?namePrefix=${encodeURIComponent(name)}&limit=1000`);
    expect(namesOf(byName.body.items)).toContain(name);
    const renamed = await call(`/v1/data/${id}`, { method: 'PATCH', body: { name: 'another' } });
    expect(renamed.status).toBe(200);
    const again = await call(`/v1/data/${id}`, { method: 'PATCH', body: { name } });
    expect(again.body.name).toBe(name);
  });

  test('is no part of the URL of the content, and harmless in its headers', async () => {
    const { id } = await uploadedData(call, content, { name });
    const { body } = await call(`/v1/data/${id}/content?redirect=false`);
    expect(new URL(body.url).pathname).toMatch(new RegExp(`^/[\\w.-]+/tenants/local/data/${id}$`));
    const response = await fetch(body.url);
    expect(await response.text()).toBe('abc');
    expect(response.headers.get('set-cookie')).toBeNull();
    const disposition = response.headers.get('content-disposition') ?? '';
    expect(disposition).toMatch(/^attachment; filename="[ !#-~]+"; filename\*=UTF-8''[\w!#$&+.^`|~%-]+$/);
    const saved = decodeURIComponent(disposition.split("''")[1] ?? '');
    expect(saved).not.toMatch(/[/\\\p{Cc}\u2028\u202a-\u202e\u2066-\u2069]|^\.{0,2}$/u);
  });
});

test('names reach jobs, workers and the lineage as they were sent, and outputs keep theirs', async () => {
  const inputs = await Promise.all(all.map((name) => uploadedData(call, content, { name })));
  const ids = inputs.map(({ id }) => id);
  const { id: jobId } = await submitJob(errand, { service: 'copy', inputs: { files: ids } });
  const { worker, finish } = await paused.invocation(jobId);
  const asWorker = async (path: string, options = {}) => {
    const headers = { authorization: `Bearer ${worker.token}` };
    return call(`${worker.url.slice(errand.url.length)}${path}`, { ...options, withKey: false, headers });
  };
  expect(namesOf((await asWorker('/inputs')).body.files)).toEqual(all);
  for (const name of all) {
    const body = { name, mediaType: 'text/html', sizeBytes: content.length };
    const { id, upload } = (await asWorker('/outputs/files', { body })).body;
    const { url, headers } = upload;
    expect((await fetch(url, { method: 'PUT', headers, body: Uint8Array.from(content) })).status).toBe(200);
    expect((await asWorker(`/outputs/files/${id}/complete`, { method: 'POST' })).status).toBe(200);
  }
  finish(null);
  const job = await endedJob(errand, jobId);
  expect(namesOf(job.inputs.files)).toEqual(all);
  expect(namesOf(job.outputs.files)).toEqual(all);
  const list = expectDocumented(await call(`/v1/jobs/${jobId}/outputs`), 'listOutputs');
  expect(namesOf(list.body.items)).toEqual(all);
  const lineage = expectDocumented(await call(`/v1/jobs/${jobId}/lineage?depth=1`), 'getJobLineage');
  const data = lineage.body.nodes.filter(({ kind }: { kind: string }) => kind === 'data');
  expect(namesOf(data).toSorted()).toEqual([...all, ...all].toSorted());
});
