import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerExamples } from '../../bin/register-examples.ts';
import { type LocalErrand, startErrand } from '../../bin/start-errand.ts';
import type { CallRecord } from '../../local/gateway/call-record.ts';
import { eventLogDays, singleRecords } from '../support/local-service/assembly-changes.ts';
import { copyAssembly } from '../support/local-service/assembly-copy.ts';
import { startCapacityProxy } from './capacity-proxy.ts';
import { countRequest, type Run } from './count-request.ts';
import { countUpload } from './count-upload.ts';
import { type JobCounts, shareOf } from './job-counts.ts';
import { memory } from './read-counts.ts';
import { referenceContainerService, withReferenceContainer } from './reference/reference-container.ts';
import { copyDefinition, copyService, withReferenceCopy } from './reference/reference-copy.ts';
import {
  batch,
  batchService,
  bulk,
  grouped,
  rerunOf,
  single,
  withData,
} from './reference/reference-requests.ts';
import { watchInvocations } from './watch-invocations.ts';

const warmUpJobs = 2;

/**
 * A job with a request of its own, the same in a group, one of a hundred jobs of one request, a job on AWS Batch with its own request, a
 * job with an input and an output, and the upload of a data object.
 */
export const countedKinds = ['lambda', 'lambdaGroup', 'lambdaBulk', 'batch', 'lambdaData', 'upload'] as const;

export type CountedKind = (typeof countedKinds)[number];

/** The usage of a job or an upload of each kind, and the memory of each function that ran for them. */
export interface CountedJobs extends Readonly<Record<CountedKind, JobCounts>> {
  readonly memoryMegabytes: Readonly<Record<string, number>>;
  /** The usage of a rerun of a Lambda job. */
  readonly rerun: JobCounts;
  readonly hasEventLog: boolean;
}

/**
 * Runs reference jobs and uploads through a separate local service and counts the third of each kind, from its request to the end of
 * every effect, and a hundred Lambda jobs that arrive at once. Those before them fill the caches and mark the service's version as
 * used, as for all but the first of a million. The publisher receives each record of the stream by itself. Deletes everything that it
 * created.
 */
export async function countJobs({
  hasEventLog = true,
}: {
  readonly hasEventLog?: boolean;
} = {}): Promise<CountedJobs> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-cost-'));
  try {
    const log = hasEventLog ? [] : [eventLogDays(0)];
    const changes = [withReferenceContainer, await withReferenceCopy(), singleRecords, ...log];
    await copyAssembly(join(dataDirectory, 'assembly'), changes);
    const engine = await startCapacityProxy(join(dataDirectory, 'engine'));
    try {
      return { ...(await countOn(engine.endpoint, dataDirectory)), hasEventLog };
    } finally {
      await engine.stop();
    }
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function countOn(endpoint: string, dataDirectory: string): Promise<Omit<CountedJobs, 'hasEventLog'>> {
  const calls: CallRecord[] = [];
  const errand = await startOn(endpoint, dataDirectory, (call) => calls.push(call));
  try {
    await registerExamples(errand);
    const letGoDirectory = join(dataDirectory, 'let-go');
    mkdirSync(letGoDirectory);
    await register(errand, batchService, referenceContainerService(letGoDirectory));
    await register(errand, copyService, copyDefinition);
    const watch = watchInvocations(errand.cloud.lambda);
    const run: Run = { errand, dataDirectory, letGoDirectory, calls, watch };
    for (let warmUp = 0; warmUp < warmUpJobs; warmUp += 1) await countRequest(run, single);
    const lambda = await countRequest(run, single);
    const rerun = await countRequest(run, rerunOf(await newestJobId(errand, 'echo')));
    for (let warmUp = 0; warmUp < warmUpJobs; warmUp += 1) await countRequest(run, grouped);
    const lambdaGroup = await countRequest(run, grouped);
    const lambdaBulk = shareOf(await countRequest(run, bulk), bulk.jobs, lambda);
    for (let warmUp = 0; warmUp < warmUpJobs; warmUp += 1) await countRequest(run, batch);
    const onBatch = await countRequest(run, batch);
    const { lambdaData, upload } = await countData(run);
    const counts = { lambda, lambdaGroup, lambdaBulk, batch: onBatch, lambdaData, upload, rerun };
    return { ...counts, memoryMegabytes: memory(errand.cloud.model) };
  } finally {
    await errand.stop();
  }
}

/** The variable is read before the first wait, and nothing else uses it afterwards. */
function startOn(
  endpoint: string,
  dataDirectory: string,
  recorder: (call: CallRecord) => void,
): Promise<LocalErrand> {
  const before = process.env['ERRAND_DYNAMODB_ENDPOINT'];
  process.env['ERRAND_DYNAMODB_ENDPOINT'] = endpoint;
  try {
    const assemblyDirectory = join(dataDirectory, 'assembly');
    return startErrand({ port: 0, dataDirectory, assemblyDirectory, recorder });
  } finally {
    if (before === undefined) delete process.env['ERRAND_DYNAMODB_ENDPOINT'];
    else process.env['ERRAND_DYNAMODB_ENDPOINT'] = before;
  }
}

/** Each job has an input of its own. */
async function countData(run: Run): Promise<Pick<CountedJobs, 'lambdaData' | 'upload'>> {
  for (let warmUp = 0; warmUp < warmUpJobs; warmUp += 1)
    await countRequest(run, withData((await countUpload(run)).dataId));
  const upload = await countUpload(run);
  return { upload: upload.counts, lambdaData: await countRequest(run, withData(upload.dataId)) };
}

async function newestJobId({ url, apiKey }: LocalErrand, service: string): Promise<string> {
  const path = `/v1/jobs?service=${service}&limit=1`;
  const response = await fetch(`${url}${path}`, { headers: { 'x-api-key': apiKey } });
  const { items } = (await response.json()) as { items: readonly { id: string }[] }; // as the contract defines it
  const [job] = items;
  if (job === undefined) throw new Error(`There is no job of ${service}`);
  return job.id;
}

interface ServiceVersion {
  readonly name: string;
  readonly version: string;
}

async function register(
  { url, apiKey }: LocalErrand,
  { name, version }: ServiceVersion,
  definition: object,
): Promise<void> {
  const response = await fetch(`${url}/v1/services/${name}/versions/${version}`, {
    method: 'PUT',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(definition),
  });
  if (!response.ok) throw new Error(`The service ${name} was not registered: ${await response.text()}`);
}
