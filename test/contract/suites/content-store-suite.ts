import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ContentStore, Download, PartsCompletion } from '../../../core/ports/data/content-store.ts';
import { crc64Nvme } from '../../support/memory/crc64-nvme.ts';

/** Sends the request of a client to a presigned URL, like the global `fetch`. */
export type SendRequest = (
  url: string,
  init?: { method?: string; headers?: Record<string, string>; body?: Uint8Array },
) => Promise<Response>;

/** A content store, and how clients reach its URLs. */
export interface ContentStoreUnderTest {
  readonly store: ContentStore;
  readonly send: SendRequest;
}

const mebibyte = 1_048_576;
const first = Buffer.alloc(5 * mebibyte, 'a');
const second = Buffer.from('the end');
const whole = Buffer.concat([first, second]);
const timeoutMs = 20_000;

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The contract of every content store. */
export function describeContentStore(start: () => Promise<ContentStoreUnderTest>): void {
  let store: ContentStore;
  let send: SendRequest;
  let made = 0;
  beforeAll(async () => {
    ({ store, send } = await start());
  });
  const freshKey = () => {
    made += 1;
    return `tenants/local/data/${made}`;
  };
  const put = async (key: string, bytes: Uint8Array, sha256?: string) => {
    const { url, headers } = await store.presignUpload(key, { sizeBytes: bytes.length, sha256 }, 900);
    return (await send(url, { method: 'PUT', headers: { ...headers }, body: bytes })).status;
  };

  describe('uploads with one PUT', () => {
    test.each([
      ['some bytes', Buffer.from('a,b\n1,2\n')],
      ['no bytes', Buffer.alloc(0)],
    ])('content of %s is stored with its CRC-64/NVME', async (_, bytes) => {
      const key = freshKey();
      expect(await store.describe(key)).toBeUndefined();
      expect(await put(key, bytes)).toBe(200);
      expect(await store.describe(key)).toStrictEqual({
        sizeBytes: bytes.length,
        crc64nvme: crc64Nvme(bytes),
      });
    });

    test('content with a SHA-256 has that checksum only', async () => {
      const key = freshKey();
      const bytes = Buffer.from('checked');
      expect(await put(key, bytes, sha256Of(bytes))).toBe(200);
      expect(await store.describe(key)).toStrictEqual({
        sizeBytes: bytes.length,
        sha256: sha256Of(bytes),
      });
    });

    test('content with another SHA-256 is refused', async () => {
      const key = freshKey();
      expect(await put(key, Buffer.from('other'), sha256Of(Buffer.from('expected')))).toBe(400);
      expect(await store.describe(key)).toBeUndefined();
    });

    test('a second PUT is refused and changes nothing', async () => {
      const key = freshKey();
      expect(await put(key, Buffer.from('first'))).toBe(200);
      expect(await put(key, Buffer.from('other'))).toBe(412);
      expect(await store.describe(key)).toMatchObject({ crc64nvme: crc64Nvme(Buffer.from('first')) });
    });

    test('content of another size is refused', async () => {
      const key = freshKey();
      const { url, headers } = await store.presignUpload(key, { sizeBytes: 5 }, 900);
      const body = Buffer.from('longer than that');
      const sent = { ...headers, 'content-length': String(body.length) };
      expect((await send(url, { method: 'PUT', headers: sent, body })).status).toBe(403);
      expect(await store.describe(key)).toBeUndefined();
    });

    test.each(['if-none-match', 'x-amz-checksum-sha256'])('a PUT without %s is refused', async (name) => {
      const key = freshKey();
      const bytes = Buffer.from('bytes');
      const upload = { sizeBytes: bytes.length, sha256: sha256Of(bytes) };
      const { url, headers } = await store.presignUpload(key, upload, 900);
      const { [name]: _, ...rest } = headers;
      expect((await send(url, { method: 'PUT', headers: rest, body: bytes })).status).toBe(403);
      expect(await store.describe(key)).toBeUndefined();
    });

    test('a URL for a PUT permits no other request', async () => {
      const key = freshKey();
      await put(key, Buffer.from('secret'));
      const { url } = await store.presignUpload(key, { sizeBytes: 6 }, 900);
      expect((await send(url)).status).toBe(403);
    });

    test('removed content can be uploaded again; removing it twice does nothing', async () => {
      const key = freshKey();
      await put(key, Buffer.from('old'));
      await store.remove(key);
      await store.remove(key);
      expect(await store.describe(key)).toBeUndefined();
      expect(await put(key, Buffer.from('new'))).toBe(200);
    });
  });

  describe('uploads in parts', () => {
    const begin = async () => {
      const key = freshKey();
      return { key, uploadId: await store.beginParts(key) };
    };
    type Begun = Awaited<ReturnType<typeof begin>>;
    const putPart = async ({ key, uploadId }: Begun, number: number, body: Uint8Array) => {
      const [url = ''] = await store.presignParts(key, uploadId, {
        parts: [{ number, sizeBytes: body.length }],
        lifetimeSeconds: 900,
      });
      const response = await send(url, { method: 'PUT', body });
      expect(response.status).toBe(200);
      return { number, etag: (response.headers.get('etag') ?? '').replaceAll('"', '') };
    };
    const uploaded = async () => {
      const upload = await begin();
      return { upload, parts: [await putPart(upload, 1, first), await putPart(upload, 2, second)] };
    };
    const complete = ({ key, uploadId }: Begun, completion: Omit<PartsCompletion, 'timeoutMs'>) =>
      store.completeParts(key, uploadId, { ...completion, timeoutMs });

    test('parts are joined to content with its CRC-64/NVME', async () => {
      const { upload, parts } = await uploaded();
      expect(await store.describe(upload.key)).toBeUndefined();
      const expected = { sizeBytes: whole.length, crc64nvme: crc64Nvme(whole) };
      expect(await complete(upload, { parts, ...expected })).toBe('completed');
      expect(await store.describe(upload.key)).toStrictEqual(expected);
    });

    test('a part of unknown size, and a part that is uploaded again, are joined', async () => {
      const upload = await begin();
      const [url = ''] = await store.presignParts(upload.key, upload.uploadId, {
        parts: [{ number: 1 }],
        lifetimeSeconds: 900,
      });
      expect((await send(url, { method: 'PUT', body: Buffer.from('first try') })).status).toBe(200);
      expect((await send(url, { method: 'PUT', body: second })).status).toBe(200);
      const listed = await store.listParts(upload.key, upload.uploadId, { after: 0, limit: 10 });
      expect(listed?.parts).toMatchObject([{ number: 1, sizeBytes: second.length }]);
      expect(await complete(upload, { parts: listed?.parts ?? [] })).toBe('completed');
      expect(await store.describe(upload.key)).toMatchObject({ crc64nvme: crc64Nvme(second) });
    });

    test('a part of another size is refused', async () => {
      const { key, uploadId } = await begin();
      const [url = ''] = await store.presignParts(key, uploadId, {
        parts: [{ number: 1, sizeBytes: 3 }],
        lifetimeSeconds: 900,
      });
      expect((await send(url, { method: 'PUT', body: second })).status).toBe(403);
    });

    test('uploaded parts are listed in pages', async () => {
      const upload = await begin();
      const parts = [];
      for (const number of [3, 1, 7])
        parts.push(await putPart(upload, number, Buffer.from(`part ${number}`)));
      const ordered = parts.toSorted((left, right) => left.number - right.number);
      const withSize = ordered.map((part) => ({ ...part, sizeBytes: 6 }));
      const { key, uploadId } = upload;
      expect(await store.listParts(key, uploadId, { after: 0, limit: 2 })).toStrictEqual({
        parts: withSize.slice(0, 2),
        nextAfter: 3,
      });
      expect(await store.listParts(key, uploadId, { after: 3, limit: 2 })).toStrictEqual({
        parts: withSize.slice(2),
      });
      expect(await store.listParts(key, uploadId, { after: 7, limit: 2 })).toStrictEqual({ parts: [] });
    });

    test.each([
      ['another size', { sizeBytes: whole.length + 1 }, 'wrong-size'],
      ['another checksum', { crc64nvme: crc64Nvme(first) }, 'wrong-checksum'],
    ])('parts with %s together are kept and not joined', async (_, expected, outcome) => {
      const { upload, parts } = await uploaded();
      expect(await complete(upload, { parts, ...expected })).toBe(outcome);
      expect(await store.describe(upload.key)).toBeUndefined();
      expect(await complete(upload, { parts, sizeBytes: whole.length })).toBe('completed');
    });

    test('missing, changed, unordered and small parts are not joined', async () => {
      const { upload, parts } = await uploaded();
      const [one, two] = parts;
      if (one === undefined || two === undefined) throw new Error('two parts were uploaded');
      const small = await putPart(upload, 3, Buffer.from('3'));
      for (const wrong of [
        [...parts, { number: 4, etag: one.etag }],
        [{ ...one, etag: two.etag }, two],
        [two, one],
        [one, two, small],
      ])
        expect(await complete(upload, { parts: wrong })).toBe('invalid-parts');
      expect(await store.describe(upload.key)).toBeUndefined();
      expect(await complete(upload, { parts })).toBe('completed');
    });

    test('a completed upload does not exist any more, and its content stays', async () => {
      const { upload, parts } = await uploaded();
      expect(await complete(upload, { parts })).toBe('completed');
      expect(await complete(upload, { parts })).toMatch(/^(missing-upload|completed)$/);
      expect(await store.listParts(upload.key, upload.uploadId, { after: 0, limit: 10 })).toBeUndefined();
      expect(await store.describe(upload.key)).toMatchObject({ sizeBytes: whole.length });
    });

    test('existing content is not replaced', async () => {
      const { upload, parts } = await uploaded();
      await put(upload.key, Buffer.from('earlier'));
      expect(await complete(upload, { parts })).toBe('completed');
      expect(await store.describe(upload.key)).toMatchObject({ sizeBytes: 7 });
    });

    test('an aborted upload has no parts and cannot be completed', async () => {
      const { upload, parts } = await uploaded();
      await store.abortParts(upload.key, upload.uploadId);
      await store.abortParts(upload.key, upload.uploadId);
      expect(await store.listParts(upload.key, upload.uploadId, { after: 0, limit: 10 })).toBeUndefined();
      expect(await complete(upload, { parts })).toBe('missing-upload');
      expect(await store.describe(upload.key)).toBeUndefined();
    });
  });

  describe('downloads', () => {
    const download: Download = { lifetimeSeconds: 900, mediaType: 'text/csv', fileName: 'räd\r\n"1".csv' };

    test('content is downloaded as a file with its name and media type', async () => {
      const key = freshKey();
      await put(key, Buffer.from('content'));
      const response = await send(await store.presignDownload(key, download));
      expect(await response.text()).toBe('content');
      expect(response.headers.get('content-type')).toBe('text/csv');
      expect(response.headers.get('content-disposition')).toBe(
        `attachment; filename="r_d___1_.csv"; filename*=UTF-8''r%C3%A4d__%221%22.csv`,
      );
    });

    test('content is displayed on request, and a part of it is read', async () => {
      const key = freshKey();
      await put(key, Buffer.from('content'));
      const url = await store.presignDownload(key, { ...download, isInline: true });
      const response = await send(url, { headers: { range: 'bytes=1-3' } });
      expect(response.status).toBe(206);
      expect(await response.text()).toBe('ont');
      expect(response.headers.get('content-range')).toBe('bytes 1-3/7');
      expect(response.headers.get('content-disposition')).toMatch(/^inline; /);
    });

    test('a URL for a download permits no PUT, and content that does not exist is not found', async () => {
      const url = await store.presignDownload(freshKey(), download);
      expect((await send(url, { method: 'PUT', body: Buffer.from('x') })).status).toBe(403);
      expect((await send(url)).status).toBe(404);
    });
  });
}
