import { beforeAll, describe, expect, test } from 'vitest';
import type { ContentReader } from '../../../../core/ports/operations/content-reader.ts';

/** A content reader, and a way to store what it reads. */
export interface ContentReaderUnderTest {
  readonly reader: ContentReader;
  put(key: string, text: string): Promise<void>;
}

/** The contract of every content reader. */
export function describeContentReader(start: () => Promise<ContentReaderUnderTest>): void {
  describe('a content reader', () => {
    const key = 'tenants/local/jobs/1/elements.ndjson';
    let reader: ContentReader;
    beforeAll(async () => {
      const { put, ...started } = await start();
      ({ reader } = started);
      await put(key, '{"name":"é"}');
    });
    const read = async (start: number, end: number) => {
      const bytes = await reader.read(key, { start, end });
      return bytes && Buffer.from(bytes).toString();
    };

    test('reads a range without its end', async () => {
      expect(await read(0, 1)).toBe('{');
      expect(await read(1, 7)).toBe('"name"');
    });

    test('reads to the end of the object if the range ends later', async () => {
      expect(await read(8, 13)).toBe('"é"}');
      expect(await read(8, 1000)).toBe('"é"}');
    });

    test('returns bytes, which may be a part of a character', async () => {
      const bytes = await reader.read(key, { start: 9, end: 10 });
      expect([...(bytes ?? [])]).toEqual([0xc3]);
    });

    test('returns undefined if the object does not exist', async () => {
      expect(await reader.read(`${key}.other`, { start: 0, end: 5 })).toBeUndefined();
    });
  });
}
