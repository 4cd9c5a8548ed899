import type { JobStatus } from '../../../core/contract/job-state.ts';
import type { BatchFaults } from '../../../local/batch/batch-fault.ts';
import { until } from '../../../local/test/fixture/until.ts';
import type { AssemblyChange } from './assembly-copy.ts';
import { registerBatchService, withJobDefinitions } from './batch-jobs.ts';
import { endedJob, type JobBody, submitJob } from './ended-job.ts';
import type { TestErrand } from './local-errand.ts';
import { registerService, withFunctions } from './service-functions.ts';

/** A service that behaves as its parameters specify. */
const obedient = `
import { setTimeout as sleep } from 'node:timers/promises';
export const handler = async ({ fault, seconds }) => {
  if (seconds !== undefined) await sleep(seconds * 1000);
  if (fault === 'throw') throw new Error('on purpose');
  if (fault === 'busy') throw Object.assign(new Error(JSON.stringify({ message: 'busy', retryable: true })), { name: 'ServiceFailure' });
  return { fault };
};`;

/** Reports as a worker: `report(route, body)`. */
const reportCode = `
const { ERRAND_WORKER_URL: url, ERRAND_WORKER_TOKEN: token, AWS_BATCH_JOB_ID: id } = process.env;
const headers = {
  authorization: 'Bearer ' + token,
  'content-type': 'application/json',
  'errand-worker-id': id,
};
const report = (route, body) => fetch(url + route, { method: 'POST', headers, body: JSON.stringify(body) });
`;

/** Ends immediately, or reports its start and runs for as long as its parameters specify. */
const container = `${reportCode}
const { seconds } = await (await fetch(url + '/parameters', { headers })).json();
if (seconds !== undefined) await report('/progress', { message: 'running' });
setTimeout(() => process.exit(0), (seconds ?? 0) * 1000);
`;

/** The services of `registerObedient`: an aborted Lambda job continues to run, so long jobs have their own service. */
export const obedientCode: readonly AssemblyChange[] = [
  withFunctions({
    'errand-service-obedient': { module: obedient },
    'errand-service-slow': { module: obedient },
  }),
  withJobDefinitions({
    'errand-job-obedient': container,
    'errand-job-stuck': container,
    'errand-job-completing': `${reportCode}await report('/complete', { result: {} });`,
    'errand-job-silent': 'process.exit(0)',
    'errand-job-crashing': 'process.exit(3)',
    'errand-job-failing': `${reportCode}await report('/fail', { message: 'on purpose' });`,
  }),
];

/** Containers of the service `stuck` never get capacity. */
export const noRoomForStuck: NonNullable<BatchFaults['attempts']> = ({ definitionArn }) =>
  definitionArn.includes('errand-job-stuck') ? { kind: 'no-capacity' } : undefined;

/**
 * Registers the functions `obedient`, `slow` and `nowhere`, which does not exist, and the containers `container`,
 * `completing` and `failing`, which only report how they end, `silent` and `crashing`, which report nothing, `stuck`,
 * and `no-container`, which does not exist either.
 */
export async function registerObedient(errand: TestErrand): Promise<void> {
  await registerService(errand, 'obedient', { functionName: 'errand-service-obedient' });
  await registerService(errand, 'slow', { functionName: 'errand-service-slow' });
  await registerService(errand, 'nowhere', { functionName: 'errand-service-nowhere' });
  await registerBatchService(errand, 'container', { jobDefinition: 'errand-job-obedient' });
  await registerBatchService(errand, 'completing', { jobDefinition: 'errand-job-completing' });
  await registerBatchService(errand, 'failing', { jobDefinition: 'errand-job-failing' });
  await registerBatchService(errand, 'silent', { jobDefinition: 'errand-job-silent' });
  await registerBatchService(errand, 'crashing', { jobDefinition: 'errand-job-crashing' });
  await registerBatchService(errand, 'stuck', { jobDefinition: 'errand-job-stuck' });
  await registerBatchService(errand, 'no-container', { jobDefinition: 'errand-job-nowhere' });
}

export const throwing = { service: 'obedient', parameters: { fault: 'throw' } };
export const runningContainer = { service: 'container', parameters: { seconds: 40 } };
const running = { service: 'slow', parameters: { seconds: 40 } };
/** Fails once, and is retried in about an hour. */
export const failingOnce = {
  service: 'obedient',
  parameters: { fault: 'busy' },
  retry: { maxAttempts: 2, backoffSeconds: 3600 },
};

/** No job is started, by any caller, until this is undone. */
export function startNothing({ cloud }: TestErrand): () => void {
  return cloud.faults.add({ service: 'states', action: 'StartExecution', kind: 'throttle' });
}

/** No container is stopped, by any caller, until this is undone. */
function stopNothing({ cloud }: TestErrand): () => void {
  return cloud.faults.add({ service: 'batch', action: 'TerminateJob', kind: 'throttle' });
}

/** The job once it is in a state; throws when it is not after 20 seconds. */
export function jobIn(errand: TestErrand, jobId: string, status: JobStatus): Promise<JobBody> {
  return until(`the job is ${status}`, async () => {
    const { body } = await errand.call(`/v1/jobs/${jobId}`);
    return body.status === status ? body : undefined;
  });
}

type Making = (errand: TestErrand) => Promise<JobBody>;

/** How to create a job and bring it into each state by calls of the API; an aborting job stays in its state by a fault. */
export const makeJobIn: Readonly<Record<JobStatus, Making>> = {
  draft: (errand) => create(errand, { start: false }),
  ready: (errand) => create(errand, { ...running, start: false }),
  waiting: async (errand) => {
    const needed = await submitJob(errand, running);
    const waiting = await submitJob(errand, { ...running, dependsOn: [needed.id] });
    return jobIn(errand, waiting.id, 'waiting');
  },
  pending: async (errand) => {
    const startAgain = startNothing(errand);
    try {
      return await submitJob(errand, running);
    } finally {
      startAgain();
    }
  },
  executing: async (errand) => jobIn(errand, (await submitJob(errand, running)).id, 'executing'),
  scheduled: async (errand) => {
    const { id } = await submitJob(errand, { service: 'stuck' });
    // From then on it does not change.
    await until('Batch says why', async () => (await errand.call(`/v1/jobs/${id}`)).body.waitingReason);
    return jobIn(errand, id, 'scheduled');
  },
  aborting: async (errand) => {
    const { id } = await submitJob(errand, runningContainer);
    await until('the container runs', async () => (await errand.call(`/v1/jobs/${id}`)).body.progress);
    stopNothing(errand);
    return (await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' })).body;
  },
  retrying: async (errand) => {
    // A random pause can be over immediately.
    for (;;) {
      const job = await jobIn(errand, (await submitJob(errand, failingOnce)).id, 'retrying');
      if (Date.parse(job.nextAttemptAt) > Date.now() + 120_000) return job;
    }
  },
  succeeded: async (errand) => ended(errand, { service: 'obedient' }),
  failed: async (errand) => ended(errand, throwing),
  error: async (errand) => ended(errand, { service: 'nowhere' }),
  aborted: async (errand) => {
    const { id } = await jobIn(errand, (await submitJob(errand, running)).id, 'executing');
    return (await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' })).body;
  },
};

/** A job that is created without a start. */
export async function create(errand: TestErrand, submission: object): Promise<JobBody> {
  const response = await errand.call('/v1/jobs', { body: submission });
  if (response.status !== 201) throw new Error(`${response.status}: ${JSON.stringify(response.body)}`);
  return response.body;
}

async function ended(errand: TestErrand, submission: object): Promise<JobBody> {
  return endedJob(errand, (await submitJob(errand, submission)).id);
}
