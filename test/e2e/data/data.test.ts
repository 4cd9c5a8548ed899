import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationId } from '../../../core/contract/routes/routes.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { followPages } from '../../support/local-service/follow-pages.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { uploadedData } from './uploaded-data.ts';

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});
afterAll(() => errand?.end());

const call: TestErrand['call'] = (path, options) => errand.call(path, options);
const upload = (bytes: Buffer, description = {}) => uploadedData(call, bytes, description);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function itemsOf(path: string, operationId: OperationId) {
  return (await followPages(errand, { path, operationId })).flatMap(({ items }) => items);
}

async function create(body: object, headers = {}) {
  return expectDocumented(await call('/v1/data', { body, headers }), 'createData');
}

async function content(id: string, headers: Record<string, string> = {}) {
  const response = expectDocumented(await call(`/v1/data/${id}/content`), 'getContent');
  expect(response.status).toBe(303);
  return fetch(response.headers.get('location') ?? '', { headers });
}

describe('a data object', () => {
  test('is created, uploaded, completed, and downloaded in ranges', async () => {
    const bytes = Buffer.from('date,temperature\n2026-11-30,4\n');
    const tags = ['weather'];
    const created = await create({
      name: 'weather.csv',
      mediaType: 'text/csv',
      sizeBytes: bytes.length,
      tags,
    });
    expect(created.status).toBe(201);
    const { id, upload: target, links } = created.body;
    expect(created.headers.get('location')).toBe(links.self);
    expect(created.body).toMatchObject({
      urn: `urn:errand:data:${id}`,
      status: 'uploading',
      origin: { kind: 'upload' },
      upload: { method: 'PUT' },
    });
    const early = await call(`/v1/data/${id}/complete`, { method: 'POST' });
    expectProblem(expectDocumented(early, 'completeUpload'), 'upload-incomplete');
    expectProblem(expectDocumented(await call(`/v1/data/${id}/content`), 'getContent'), 'data-not-available');
    expectProblem(expectDocumented(await call(`/v1/data/${id}/parts`), 'listParts'), 'data-not-available');
    expect((await fetch(target.url, { method: 'PUT', headers: target.headers, body: bytes })).status).toBe(
      200,
    );
    const completed = await call(`/v1/data/${id}/complete`, { method: 'POST' });
    expect(expectDocumented(completed, 'completeUpload').status).toBe(200);
    expect(completed.body).toMatchObject({
      status: 'available',
      checksum: { crc64nvme: expect.any(String) },
    });
    expect((await call(`/v1/data/${id}/complete`, { method: 'POST' })).body).toEqual(completed.body);
    const read = expectDocumented(await call(`/v1/data/${id}`), 'getData');
    expect(read.body).toEqual(completed.body);
    expect(
      (await call(`/v1/data/${id}`, { headers: { 'if-none-match': read.headers.get('etag') ?? '' } })).status,
    ).toBe(304);
    const whole = await content(id);
    expect(whole.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(bytes);
    const range = await content(id, { range: 'bytes=5-15' });
    expect([range.status, await range.text()]).toEqual([206, 'temperature']);
    const direct = expectDocumented(await call(`/v1/data/${id}/content?redirect=false`), 'getContent');
    expect(await (await fetch(direct.body.url)).text()).toBe(bytes.toString());
  });

  test('cannot be replaced through the URL of its upload', async () => {
    const created = await create({ name: 'a', sizeBytes: 3 });
    const { url, headers } = created.body.upload;
    const put = (body: string) => fetch(url, { method: 'PUT', headers, body }).then(({ status }) => status);
    expect(await put('abc')).toBe(200);
    expect(await put('xyz')).toBe(412);
    await call(`/v1/data/${created.body.id}/complete`, { method: 'POST' });
    expect(await put('xyz')).toBe(412);
    expect(await (await content(created.body.id)).text()).toBe('abc');
  });

  test('is only stored with the announced size and SHA-256', async () => {
    const bytes = Buffer.from('exactly this');
    const created = await create({ name: 'a', sizeBytes: bytes.length, sha256: sha256(bytes) });
    const { url, headers } = created.body.upload;
    const put = async (body: Buffer, given = headers) =>
      (await fetch(url, { method: 'PUT', headers: given, body })).status;
    expect(await put(Buffer.from('exactly that'))).toBe(400);
    const { 'content-length': _, ...others } = headers;
    expect(await put(Buffer.from('shorter'), others)).toBe(403);
    expect(await put(bytes, {})).toBe(403);
    expect(await put(bytes)).toBe(200);
    const { body } = await call(`/v1/data/${created.body.id}/complete`, { method: 'POST' });
    expect(body.checksum).toEqual({ sha256: sha256(bytes) });
  });

  test('with another checksum than expected is refused, and can be uploaded again', async () => {
    const created = await create({ name: 'a', sizeBytes: 3 });
    const { url, headers } = created.body.upload;
    const put = () => fetch(url, { method: 'PUT', headers, body: 'abc' });
    await put();
    const complete = (body: object) => call(`/v1/data/${created.body.id}/complete`, { body });
    const refused = expectDocumented(await complete({ crc64nvme: 'AAAAAAAAAAA=' }), 'completeUpload');
    expectProblem(refused, 'checksum-mismatch');
    expect((await put()).status).toBe(200);
    expect((await complete({})).body.status).toBe('available');
  });

  test('is created once for each idempotency key', async () => {
    const headers = { 'idempotency-key': 'a-key-of-data' };
    const first = await create({ name: 'a', sizeBytes: 3 }, headers);
    const again = await create({ name: 'a', sizeBytes: 3 }, headers);
    expect(again.body.id).toBe(first.body.id);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expectProblem(await create({ name: 'b', sizeBytes: 3 }, headers), 'idempotency-key-reused');
    await call(`/v1/data/${first.body.id}`, { method: 'DELETE' });
    expectProblem(await create({ name: 'a', sizeBytes: 3 }, headers), 'data-deleted');
  });

  test('is edited by a merge patch on condition', async () => {
    const { id } = await upload(Buffer.from('abc'), { name: 'before', tags: ['a'] });
    const edit = async (body: object, headers = {}) =>
      expectDocumented(await call(`/v1/data/${id}`, { method: 'PATCH', body, headers }), 'editData');
    expectProblem(await edit({ name: 'never' }, { 'if-match': '"99"' }), 'precondition-failed');
    expect((await edit({ name: 'after', expiresAt: '2999-01-01' })).body).toMatchObject({
      name: 'after',
      tags: ['a'],
      expiresAt: '2999-01-01T00:00:00.000Z',
    });
    const { body } = await edit({ expiresAt: null, tags: [] });
    expect(body).toMatchObject({ name: 'after', tags: [] });
    expect(body).not.toHaveProperty('expiresAt');
    expectProblem(await edit({ expiresAt: '2001-01-01' }), 'invalid-request');
  });

  test('is deleted with its content, and then answers 410', async () => {
    const { id } = await upload(Buffer.from('abc'));
    const url = (await call(`/v1/data/${id}/content`)).headers.get('location') ?? '';
    const remove = async (query = '') =>
      expectDocumented(await call(`/v1/data/${id}${query}`, { method: 'DELETE' }), 'deleteData');
    expect((await remove('?dryRun=true')).body).toEqual({ jobs: [], data: [id], blockedBy: [] });
    expect((await remove()).status).toBe(204);
    expectProblem(await remove(), 'data-deleted');
    expectProblem(expectDocumented(await call(`/v1/data/${id}`), 'getData'), 'data-deleted');
    const edited = await call(`/v1/data/${id}`, { method: 'PATCH', body: {} });
    expectProblem(expectDocumented(edited, 'editData'), 'data-deleted');
    for (const [path, operationId] of [
      ['content', 'getContent'],
      ['parts', 'listParts'],
    ] as const)
      expectProblem(expectDocumented(await call(`/v1/data/${id}/${path}`), operationId), 'data-deleted');
    expect((await fetch(url)).status).toBe(404);
    expect(
      (await call('/v1/data?limit=1000')).body.items.map((item: { id: string }) => item.id),
    ).not.toContain(id);
  });

  test('that does not exist is reported as not found', async () => {
    const id = '0198c0de-0000-7000-8000-000000000001';
    for (const [method, path, operation] of [
      ['GET', '', 'getData'],
      ['PATCH', '', 'editData'],
      ['DELETE', '', 'deleteData'],
      ['GET', '/parts', 'listParts'],
      ['GET', '/content', 'getContent'],
      ['POST', '/complete', 'completeUpload'],
    ] as const) {
      const body = method === 'PATCH' ? { body: {} } : {};
      const response = await call(`/v1/data/${id}${path}`, { method, ...body });
      expectProblem(expectDocumented(response, operation), 'not-found');
    }
  });
});

describe('the content of a data object', () => {
  test.each([
    ['text/html', 'application/octet-stream', 'attachment'],
    ['image/svg+xml', 'application/octet-stream', 'attachment'],
    ['TEXT/HTML; charset=utf-8', 'application/octet-stream', 'attachment'],
    ['application/xhtml+xml', 'application/octet-stream', 'attachment'],
    ['text/xsl', 'application/octet-stream', 'attachment'],
    ['text/javascript', 'application/octet-stream', 'attachment'],
    ['multipart/x-mixed-replace; boundary=x', 'application/octet-stream', 'attachment'],
    ['image/svg+xml; a="text/plain"', 'application/octet-stream', 'attachment'],
    ['application/geo+json; charset=utf-7', 'application/geo+json', 'attachment'],
    ['application/pdf', 'application/pdf', 'attachment'],
    ['image/png', 'image/png', 'inline'],
    ['text/plain; charset=utf-16', 'text/plain; charset=utf-8', 'inline'],
    ['TEXT/PLAIN;charset="utf-7"', 'text/plain; charset=utf-8', 'inline'],
  ])('of the type %s is served as %s', async (mediaType, served, disposition) => {
    const { id } = await upload(Buffer.from('<script>alert(1)</script>'), { mediaType });
    expect((await call(`/v1/data/${id}`)).body.mediaType).toBe(mediaType);
    const { headers } = await content(id);
    expect(headers.get('content-type')).toBe(served);
    expect(headers.get('content-disposition')?.split(';')[0]).toBe(disposition);
  });
});

describe('an invalid description', () => {
  test.each([
    [{ name: '', sizeBytes: 1 }, '/name'],
    [{ name: 'é'.repeat(513), sizeBytes: 1 }, '/name'],
    [{ name: '\ud800', sizeBytes: 1 }, '/name'],
    [{ name: 'a' }, '/sizeBytes'],
    [{ name: 'a', sizeBytes: -1 }, '/sizeBytes'],
    [{ name: 'a', sizeBytes: 5_497_558_138_881 }, '/sizeBytes'],
    [{ name: 'a', sizeBytes: 1, mediaType: 'html' }, '/mediaType'],
    [{ name: 'a', sizeBytes: 1, mediaType: 'text/html\r\nX: y' }, '/mediaType'],
    [{ name: 'a', sizeBytes: 1, mediaType: 'text/plain, text/html' }, '/mediaType'],
    [{ name: 'a', sizeBytes: 1, mediaType: 'text/*' }, '/mediaType'],
    [{ name: 'a', sizeBytes: 1, mediaType: 'text/plain\u2028' }, '/mediaType'],
    [{ name: 'a', sizeBytes: 1, mediaType: `text/${'x'.repeat(124)}` }, '/mediaType'],
    [{ name: 'a', sizeBytes: 1, sha256: 'ABC' }, '/sha256'],
    [{ name: 'a', sizeBytes: 1, expiresAt: '2001-01-01' }, '/expiresAt'],
    [{ name: 'a', sizeBytes: 1, else: 1 }, '/else'],
  ])('%j is refused with its pointer', async (body, pointer) => {
    const response = await create(body);
    expectProblem(response, 'invalid-request');
    expect(response.body.errors).toEqual([expect.objectContaining({ pointer })]);
  });
});

describe('an upload in parts', () => {
  test('lists its parts in pages, and continues after a break', async () => {
    const sizeBytes = 100_000_001;
    const { body } = await create({ name: 'large', sizeBytes });
    const { partSizeBytes, partCount, partsUrl } = body.upload;
    expect({ partSizeBytes, partCount }).toEqual({ partSizeBytes: 16_777_216, partCount: 6 });
    const partsPath = partsUrl.slice(errand.url.length);
    const page = async (query: string) =>
      expectDocumented(await call(`${partsPath}${query}`), 'listParts').body;
    const parts = await itemsOf(`${partsPath}?limit=2`, 'listParts');
    expect(parts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(parts.at(-1)).toMatchObject({ sizeBytes: 16_113_921, uploaded: false });
    const put = async (number: number) => {
      const [part] = (await page(`?from=${number}&limit=1`)).items;
      const response = await fetch(part.url, { method: 'PUT', body: Buffer.alloc(part.sizeBytes, number) });
      expect(response.status).toBe(200);
      return { number, etag: response.headers.get('etag') ?? '' };
    };
    const last = await put(6);
    expect((await page('?from=6')).items[0]).toMatchObject({
      uploaded: true,
      etag: last.etag.replaceAll('"', ''),
    });
    const incomplete = await call(`/v1/data/${body.id}/complete`, { body: { parts: [last] } });
    expectProblem(expectDocumented(incomplete, 'completeUpload'), 'upload-incomplete');
    expect(incomplete.body.missingParts).toEqual([1, 2, 3, 4, 5]);
    await call(`/v1/data/${body.id}`, { method: 'DELETE' });
  });
});

describe('the list', () => {
  test('is complete in pages, and filtered by each condition', async () => {
    const tag = 'in-the-list';
    const made = [];
    for (const [index, mediaType] of ['text/csv', 'text/csv', 'image/png', 'text/plain'].entries())
      made.push(await upload(Buffer.from('abc'), { name: `list/${index}`, mediaType, tags: [tag] }));
    const waiting = (await create({ name: 'list/waiting', sizeBytes: 3, tags: [tag] })).body.id;
    const ids = [...made.map(({ id }) => id), waiting];
    const list = async (query: string) => {
      const response = expectDocumented(await call(`/v1/data?${query}`), 'listData');
      return response.body.items.map(({ id }: { id: string }) => id);
    };
    expect(await list(`tag=${tag}`)).toEqual(ids.toReversed());
    expect(await list(`tag=${tag}&order=asc`)).toEqual(ids);
    const paged = await itemsOf(`/v1/data?tag=${tag}&limit=2`, 'listData');
    expect(paged.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(await list('namePrefix=list/')).toEqual(ids.toReversed());
    expect(await list(`tag=${tag}&mediaType=text/csv`)).toEqual([ids[1], ids[0]]);
    expect(await list('mediaType=image/png&namePrefix=list')).toEqual([ids[2]]);
    expect(await list('status=uploading&namePrefix=list')).toEqual([waiting]);
    expect(await list(`id=${ids[3]},urn:errand:data:${ids[0]}`)).toEqual([ids[3], ids[0]]);
    expect(await list(`tag=${tag}&origin=job`)).toEqual([]);
    expect(await list(`tag=${tag}&createdBefore=2001-01-01`)).toEqual([]);
    expectProblem(expectDocumented(await call('/v1/data?cursor=abc'), 'listData'), 'bad-cursor');
  });
});

test('a body that is too large points to data objects', async () => {
  const response = await call('/v1/jobs', { body: { service: 'echo', parameters: 'x'.repeat(1_048_576) } });
  expectProblem(response, 'body-too-large');
  expect(response.body.detail).toContain('POST /v1/data');
});

test('every documented response occurs', () => {
  expect(
    uncheckedResponses(['createData', 'listData', 'getData', 'editData', 'listParts', 'getContent']),
  ).toEqual([]);
});
