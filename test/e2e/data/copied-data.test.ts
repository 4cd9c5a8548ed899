import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRunning } from '../../../bin/control/control-client.ts';
import { uploadFile } from '../../../bin/data/upload-file.ts';
import { copyWithJob, requireContent, requireDownload } from '../../large-data/copy-file.ts';
import { copyServices, installCopyServices } from '../../large-data/copy-services.ts';
import { type LargeFile, writeLargeFile } from '../../large-data/large-file.ts';
import { startOwnErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const folder = mkdtempSync(join(tmpdir(), 'errand-copied-'));
let errand: TestErrand;
let file: LargeFile;
let dataId: string;
beforeAll(async () => {
  errand = await startOwnErrand();
  const control = await findRunning(errand.dataDirectory);
  if (control === undefined) throw new Error('The service has no control server');
  mkdirSync(join(folder, 'code'));
  await installCopyServices({ api: errand, control, folder: join(folder, 'code') });
  file = await writeLargeFile(join(folder, 'noise.bin'), 20_000_000);
  dataId = await uploadFile(errand, { path: file.path });
});
afterAll(async () => {
  await errand?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** `npm run check:large-data` does the same with 2 GB, and measures the memory of the service. */
test('an uploaded file of 20 MB has the checksums of its content', async () => {
  await requireContent(errand, dataId, file);
});

test.each(Object.entries(copyServices))(
  'a job on %s copies a file of 20 MB as a stream',
  async (_, service) => {
    const id = await copyWithJob(errand, { service, dataId, file });
    await requireDownload(errand, id, file);
    const { body } = await errand.call(`/v1/data/${id}`);
    expect(body).toMatchObject({ name: 'noise.bin', origin: { kind: 'job', slot: 'copy' } });
  },
  90_000,
);

test('a copy with other content is detected', async () => {
  const other = { ...file, digests: { sha256: '00', crc64nvme: '00' } };
  await expect(requireContent(errand, dataId, other)).rejects.toThrow(/^The \w+ of the data object/);
  await expect(requireDownload(errand, dataId, other)).rejects.toThrow(/^The content of the data object/);
});
