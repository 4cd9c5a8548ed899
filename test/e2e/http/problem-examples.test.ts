import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProblemSlug } from '../../../core/contract/problems/problem-types.ts';
import { readDocument, section } from '../../docs/markdown.ts';
import { type Call, startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

/*
The examples in docs/problems.md are the details of responses to these requests.
*/
const missing = '0199f2a0-7b1c-7000-8000-000000000000';
const document = readDocument('docs/problems.md');
const lambda = { kind: 'lambda', functionName: 'errand-service-echo' };

let errand: TestErrand;
let data: string;
let draft: string;
let ended: string;
beforeAll(async () => {
  errand = await startTestErrand();
  const create = async (path: string, call: Call) => {
    const { status, body } = await errand.call(path, call);
    expect(status, JSON.stringify(body)).toBeLessThan(300);
    return String(body.id);
  };
  data = await create('/v1/data', { body: { name: 'a.csv', mediaType: 'text/csv', sizeBytes: 3 } });
  draft = await create('/v1/jobs', { body: { service: 'csv-profile@1.0.0', start: false } });
  const headers = { prefer: 'wait=20', 'idempotency-key': 'first' };
  ended = await create('/v1/jobs', { body: { service: 'echo', parameters: {} }, headers });
  await create('/v1/services/metadata/versions/1.0.0', {
    method: 'PUT',
    body: { parameters: { type: 'object' }, indexedMetadata: ['run'], dispatcher: lambda },
  });
});
afterAll(() => errand?.end());

const submission = (body: object, headers: Readonly<Record<string, string>> = {}) =>
  ['/v1/jobs', { body: { service: 'echo', ...body }, headers }] as const;
const wrongType = { type: 'object', properties: { width: { type: 'integr' } } };

const requests: Readonly<Partial<Record<ProblemSlug, () => readonly [path: string, call?: Call]>>> = {
  'invalid-json': () => ['/v1/jobs', { method: 'POST', body: '{"service":' }],
  'invalid-request': () => submission({ tags: ['x'.repeat(129)] }),
  'bad-cursor': () => ['/v1/jobs?cursor=abc'],
  unauthenticated: () => ['/v1/me', { withKey: false }],
  'not-found': () => [`/v1/jobs/${missing}`],
  'service-not-found': () => submission({ service: 'ecko' }),
  'result-not-ready': () => [`/v1/jobs/${draft}/result`],
  'method-not-allowed': () => ['/v1/health', { method: 'POST', body: {} }],
  'already-ended': () => [`/v1/jobs/${ended}/abort`, { method: 'POST' }],
  'illegal-transition': () => [`/v1/jobs/${draft}/rerun`, { method: 'POST', body: {} }],
  'job-not-ready': () => [`/v1/jobs/${draft}/start`, { method: 'POST' }],
  'data-not-available': () => [`/v1/data/${data}/content`],
  'upload-incomplete': () => [`/v1/data/${data}/complete`, { method: 'POST' }],
  'version-immutable': () => [
    '/v1/services/echo/versions/1.0.0',
    { method: 'PUT', body: { parameters: { type: 'object', title: 'Changed' }, dispatcher: lambda } },
  ],
  'service-in-use': () => ['/v1/services/echo/versions/1.0.0', { method: 'DELETE' }],
  'precondition-failed': () => [
    `/v1/jobs/${ended}`,
    { method: 'PATCH', headers: { 'if-match': '"99"' }, body: { name: 'x' } },
  ],
  'body-too-large': () => submission({ parameters: { a: 'x'.repeat(2_000_000) } }),
  'unsupported-media-type': () => [
    '/v1/jobs',
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' },
  ],
  'invalid-parameters': () => submission({ service: 'csv-profile@1.0.0', parameters: { csv: 3 } }),
  'invalid-metadata': () => submission({ service: 'metadata', metadata: { run: {} } }),
  'invalid-inputs': () => submission({ service: 'csv-profile@2' }),
  'unknown-job': () => submission({ parentId: missing }),
  'idempotency-key-reused': () => submission({ parameters: { a: 1 } }, { 'idempotency-key': 'first' }),
  'schema-invalid': () => [
    '/v1/services/wrong/versions/1.0.0',
    { method: 'PUT', body: { parameters: wrongType, dispatcher: lambda } },
  ],
};

/** Hides what differs from run to run. */
function constant(detail: string): string {
  return detail
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
}

test.each(Object.entries(requests))(
  'the example of %s is the detail of a response',
  async (slug, request) => {
    const { body } = await errand.call(...request());
    expect(body.type).toBe(`https://errand.dev/problems/${slug}`);
    const example = section(document, `\`${slug}\``).match(/^> .*$/gm) ?? [];
    const text = example.map((line) => line.slice(2)).join(' ');
    expect(constant(text)).toBe(constant(body.detail));
  },
);
