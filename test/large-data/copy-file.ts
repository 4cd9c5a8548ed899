import { deepEqual, equal } from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAccess } from '../../bin/api-access.ts';
import { callApi } from '../../bin/data/call-api.ts';
import { downloadTo } from '../../bin/data/download-to.ts';
import { type Job, readJob, submitJob } from '../../bin/jobs/job-calls.ts';
import type { DataRepresentation } from '../../core/contract/schemas/data-schemas.ts';
import { digestsOf, type LargeFile } from './large-file.ts';

const endedStatuses = ['succeeded', 'failed', 'error', 'aborted'];

/** A data object to copy, and the file whose content it has. */
export interface Copy {
  readonly service: string;
  readonly dataId: string;
  readonly file: LargeFile;
}

/** Runs a job that copies a data object, and returns the ID of the copy. Throws if the job fails or the copy has other checksums. */
export async function copyWithJob(api: ApiAccess, { service, dataId, file }: Copy): Promise<string> {
  const submission = { service: `${service}@1.0.0`, parameters: {}, inputs: { source: [dataId] } };
  const job = await endOf(api, await submitJob(api, submission));
  const reason = job.error === undefined ? '' : `: ${job.error.code}: ${job.error.detail}`;
  equal(job.status, 'succeeded', `The job ${job.id} of ${service} ended as ${job.status}${reason}`);
  const id = job.outputs?.['copy']?.[0]?.id ?? '';
  await requireContent(api, id, file);
  return id;
}

/** Throws unless the API shows the size and the checksums of the file for a data object. */
export async function requireContent(
  api: ApiAccess,
  id: string,
  { sizeBytes, digests }: LargeFile,
): Promise<void> {
  const { body } = await callApi(api, { method: 'GET', path: `/v1/data/${id}` });
  const data = body as DataRepresentation; // as the contract defines it
  deepEqual([data.status, data.sizeBytes], ['available', sizeBytes], `The data object ${id}`);
  // S3 keeps one checksum, and of an upload in parts only the CRC-64/NVME.
  const { checksum = {} } = data;
  equal(Object.keys(checksum).length > 0, true, `The data object ${id} has no checksum`);
  for (const [name, value] of Object.entries(checksum))
    equal(value, digests[name as keyof typeof digests], `The ${name} of the data object ${id}`);
}

/** Downloads a data object to a new file, compares the file, and deletes it. Throws if its content differs. */
export async function requireDownload(api: ApiAccess, id: string, file: LargeFile): Promise<void> {
  const path = `${file.path}.downloaded`;
  try {
    await downloadTo(api, { id, path });
    deepEqual(await digestsOf(path), file.digests, `The content of the data object ${id}`);
  } finally {
    rmSync(path, { force: true });
  }
}

/** A job that moves gigabytes takes long; the service has its own time limit for the attempt. */
async function endOf(api: ApiAccess, { id }: Job): Promise<Job> {
  for (;;) {
    const job = await readJob(api, id);
    if (endedStatuses.includes(job.status)) return job;
    await sleep(200);
  }
}
