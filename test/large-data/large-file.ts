import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { startChecksum } from '../../local/s3/integrity/checksum.ts';

/** A file and the checksums of its content. */
export interface LargeFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly digests: Digests;
}

/** SHA-256 in hexadecimal, and CRC-64/NVME in Base64, as the API shows them. */
export interface Digests {
  readonly sha256: string;
  readonly crc64nvme: string;
}

const blockBytes = 1_048_576;

/**
 * Writes a file of random blocks, each with its own number, so that blocks that are lost, repeated or exchanged change the checksums.
 */
export async function writeLargeFile(path: string, sizeBytes: number): Promise<LargeFile> {
  const block = randomBytes(blockBytes);
  const checksums = startDigests();
  const file = await open(path, 'w');
  try {
    for (let start = 0; start < sizeBytes; start += blockBytes) {
      block.writeUInt32BE(start / blockBytes);
      const bytes = block.subarray(0, Math.min(blockBytes, sizeBytes - start));
      checksums.update(bytes);
      await file.writeFile(bytes);
    }
  } finally {
    await file.close();
  }
  return { path, sizeBytes, digests: await checksums.end() };
}

/** Reads a file and computes the checksums of its content. */
export async function digestsOf(path: string): Promise<Digests> {
  const checksums = startDigests();
  for await (const chunk of createReadStream(path, { highWaterMark: blockBytes }))
    checksums.update(chunk as Buffer);
  return checksums.end();
}

function startDigests() {
  const sha256 = createHash('sha256');
  const crc64nvme = startChecksum('crc64nvme');
  return {
    update: (bytes: Uint8Array): void => {
      sha256.update(bytes);
      crc64nvme.update(bytes);
    },
    end: async (): Promise<Digests> => ({
      sha256: sha256.digest('hex'),
      crc64nvme: Buffer.from(await crc64nvme.digest()).toString('base64'),
    }),
  };
}
