import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { uploadFile } from '../../bin/data/upload-file.ts';
import { copyWithJob, requireContent, requireDownload } from './copy-file.ts';
import { copyServices, installCopyServices } from './copy-services.ts';
import { type LargeFile, writeLargeFile } from './large-file.ts';
import { type StartedService, startService } from './started-service.ts';
import { type MemoryWatch, watchMemory } from './watch-memory.ts';

/*
`npm run check:large-data [-- --megabytes N]`: a file, by default of 2,000 MB, is uploaded in parts, copied by a job on Lambda and by a
job on AWS Batch, and downloaded, with `errand start` as a separate process. All checksums must be equal, and the memory of the
service must grow by less than 100 MB, compared with the same steps for a file of 20 MB, which load what the service loads once: each of its
functions uses 25 MB. Needs Linux, and five times the size of the file on the disk of the temporary folder.
*/
const smallBytes = 20_000_000;
const maxGrowthBytes = 100_000_000;

const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '2000' } } });
const sizeBytes = Number(values.megabytes) * 1_000_000;
if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0)
  throw new Error(`--megabytes must be a whole number above 0, not ${values.megabytes}`);

const folder = mkdtempSync(join(tmpdir(), 'errand-large-'));
try {
  requireSpace(5 * sizeBytes);
  const file = await writeLargeFile(join(folder, 'large.bin'), sizeBytes);
  const service = await startService(join(folder, 'service'));
  try {
    process.exitCode = (await check(service, file)) < maxGrowthBytes ? 0 : 1;
  } finally {
    await service.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function requireSpace(neededBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < neededBytes)
    throw new Error(
      `${folder} has ${megabytes(bavail * bsize)} MB, but ${megabytes(neededBytes)} MB are needed`,
    );
}

/** Returns by how many bytes the memory of the service grew, compared with a small file. */
async function check(service: StartedService, file: LargeFile): Promise<number> {
  const code = join(folder, 'code');
  mkdirSync(code);
  await installCopyServices({ ...service, folder: code });
  const watch = watchMemory(service.pid);
  try {
    print('', ['seconds', 'MB/s', 'service', 'growth', 'container']);
    const started = { ...service, watch, beforeBytes: watch.peak().serviceBytes };
    print('started', ['', '', megabytes(started.beforeBytes), '', '']);
    const small = await writeLargeFile(join(folder, 'small.bin'), smallBytes);
    const beforeBytes = await copyOnBoth(started, small);
    const growth = (await copyOnBoth({ ...started, beforeBytes }, file)) - beforeBytes;
    console.log(
      `All checksums are equal. From ${megabytes(smallBytes)} to ${megabytes(sizeBytes)} MB, the service grew by ${megabytes(growth)} MB; the limit is ${megabytes(maxGrowthBytes)} MB.`,
    );
    return growth;
  } finally {
    watch.stop();
  }
}

interface MeasuredService extends StartedService {
  readonly watch: MemoryWatch;
  /** The memory that the growth is computed from. */
  readonly beforeBytes: number;
}

/** Uploads a file, copies it with both services and downloads the copies. Returns the largest memory of the service in bytes. */
async function copyOnBoth({ api, watch, beforeBytes }: MeasuredService, file: LargeFile): Promise<number> {
  let highest = 0;
  const measure = async <Result>(step: string, run: () => Promise<Result>): Promise<Result> => {
    const startedAt = performance.now();
    const result = await run();
    const seconds = (performance.now() - startedAt) / 1_000;
    const { serviceBytes, containerBytes } = watch.peak();
    highest = Math.max(highest, serviceBytes);
    const memory = [serviceBytes, serviceBytes - beforeBytes, containerBytes].map(megabytes);
    print(step, [seconds.toFixed(1), megabytes(file.sizeBytes / seconds), ...memory]);
    return result;
  };
  print(`${megabytes(file.sizeBytes)} MB`, []);
  const dataId = await measure('upload', () => uploadFile(api, { path: file.path }));
  await requireContent(api, dataId, file);
  for (const [kind, service] of Object.entries(copyServices)) {
    const id = await measure(`job on ${kind}`, () => copyWithJob(api, { service, dataId, file }));
    await measure('download', () => requireDownload(api, id, file));
  }
  return highest;
}

function print(step: string, cells: readonly string[]): void {
  console.log([step.padEnd(14), ...cells.map((cell) => cell.padStart(10))].join(''));
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}
