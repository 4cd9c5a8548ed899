import { expect, test } from 'vitest';
import { type ChecksumAlgorithm, startChecksum } from '../../s3/integrity/checksum.ts';
import { compositeChecksum, fullObjectChecksum } from '../../s3/integrity/combine-checksums.ts';

async function checksum(algorithm: ChecksumAlgorithm, text: string | Buffer): Promise<string> {
  const running = startChecksum(algorithm);
  running.update(Buffer.from(text));
  return Buffer.from(await running.digest()).toString('base64');
}

// Values of "123456789": https://reveng.sourceforge.io/crc-catalogue/all.htm
test.each([
  ['crc32', 'cbf43926'],
  ['crc32c', 'e3069283'],
  ['crc64nvme', 'ae8b14860a799888'],
] as const)('%s has its published check value', async (algorithm, hex) => {
  const value = Buffer.from(hex, 'hex').toString('base64');
  expect(await checksum(algorithm, '123456789')).toBe(value);
  expect(await checksum(algorithm, Buffer.alloc(0))).toBe(
    Buffer.alloc(value.length === 8 ? 4 : 8).toString('base64'),
  );
});

test.each([
  ['Kg7TOs6algM=', 5_242_881],
  ['DBqAA21lxVU=', 10],
])('crc64nvme of letters has the value %s that S3 computed', async (value, length) => {
  expect(await checksum('crc64nvme', Buffer.alloc(length, 'a'))).toBe(value);
});

test('the checksum of an object is combined from its parts as S3 does it', () => {
  const part = { value: 'Kg7TOs6algM=', sizeBytes: 5_242_881 };
  const parts = [part, part, { value: 'DBqAA21lxVU=', sizeBytes: 10 }];
  expect(fullObjectChecksum('crc64nvme', parts)).toEqual({
    algorithm: 'crc64nvme',
    type: 'FULL_OBJECT',
    value: 'ZMNX55lZurA=',
  });
});

test.each(['crc32', 'crc32c', 'crc64nvme'] as const)(
  '%s of parts of any length, also of empty ones, is that of the whole',
  async (algorithm) => {
    const texts = ['', 'a', 'bc', '', 'x'.repeat(1000), 'yz'.repeat(333), ''];
    const parts = await Promise.all(
      texts.map(async (text) => ({ value: await checksum(algorithm, text), sizeBytes: text.length })),
    );
    expect(fullObjectChecksum(algorithm, parts).value).toBe(await checksum(algorithm, texts.join('')));
  },
);

test('a composite checksum states the number of parts', async () => {
  const parts = [{ value: await checksum('sha256', 'a'), sizeBytes: 1 }];
  const { value, type } = await compositeChecksum('sha256', parts);
  expect([value.slice(-2), type]).toEqual(['-1', 'COMPOSITE']);
  expect(() => fullObjectChecksum('sha256', parts)).toThrow(
    'sha256 has no checksum of a full multipart object',
  );
});
