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
import { type JobCounts, shareOf } from './job-counts.ts';
import { memory } from './read-counts.ts';
import { referenceContainerService, withReferenceContainer } from './reference-container.ts';
import { batch, batchService, bulk, single } from './reference-requests.ts';
import { watchInvocations } from './watch-invocations.ts';

const warmUpJobs = 2;

/** A job with a request of its own, one of a hundred jobs of one request, and a job on AWS Batch with its own request. */
export const jobKinds = ['lambda', 'lambdaBulk', 'batch'] as const;

export type JobKind = (typeof jobKinds)[number];

/** The usage of a job of each kind, and the memory of each function that ran for them. */
export interface CountedJobs extends Readonly<Record<JobKind, JobCounts>> {
  readonly memoryMegabytes: Readonly<Record<string, number>>;
  readonly hasEventLog: boolean;
}

/**
 * Runs reference jobs through a separate local service and counts the third of each kind, from its request to the end of every
 * effect, and a hundred Lambda jobs that arrive at once. The jobs before them fill the caches and mark the service's version as
 * used, as for all but the first of a million. The publisher receives each record of the stream by itself. Deletes everything
 * that it created.
 */
export async function countJobs({
  hasEventLog = true,
}: {
  readonly hasEventLog?: boolean;
} = {}): Promise<CountedJobs> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-cost-'));
  try {
    const log = hasEventLog ? [] : [eventLogDays(0)];
    await copyAssembly(join(dataDirectory, 'assembly'), [withReferenceContainer, singleRecords, ...log]);
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
    await registerContainer(errand, letGoDirectory);
    const watch = watchInvocations(errand.cloud.lambda);
    const run: Run = { errand, dataDirectory, letGoDirectory, calls, watch };
    for (let warmUp = 0; warmUp < warmUpJobs; warmUp += 1) await countRequest(run, single);
    const lambda = await countRequest(run, single);
    const lambdaBulk = shareOf(await countRequest(run, bulk), bulk.jobs, lambda);
    for (let warmUp = 0; warmUp < warmUpJobs; warmUp += 1) await countRequest(run, batch);
    const onBatch = await countRequest(run, batch);
    return { lambda, lambdaBulk, batch: onBatch, memoryMegabytes: memory(errand.cloud.model) };
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

async function registerContainer({ url, apiKey }: LocalErrand, letGoDirectory: string): Promise<void> {
  mkdirSync(letGoDirectory);
  const response = await fetch(`${url}/v1/services/${batchService.name}/versions/${batchService.version}`, {
    method: 'PUT',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(referenceContainerService(letGoDirectory)),
  });
  if (!response.ok) throw new Error(`The container was not registered: ${await response.text()}`);
}
