import type { ServiceDefinition } from '../../../../core/contract/schemas/service-schemas.ts';
import { completeUpload } from '../../../../core/data/complete-upload.ts';
import { insertData } from '../../../../core/data/insert-data.ts';
import { contentKey, type DataObject, type DataOrigin } from '../../../../core/data/model/data-object.ts';
import { settleAttempt } from '../../../../core/jobs/attempts/settle-attempt.ts';
import { deleteData } from '../../../../core/jobs/deletion/delete-data.ts';
import { deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { transitionJob } from '../../../../core/jobs/model/transition-job.ts';
import { type SubmitJobInput, submitJob } from '../../../../core/jobs/submission/submit-job.ts';
import type { DataStore } from '../../../../core/ports/data/data-store.ts';
import type { JobLinks } from '../../../../core/ports/job-links.ts';
import type { JobStore } from '../../../../core/ports/job-store.ts';
import type { ReusableResults } from '../../../../core/ports/reuse/reusable-results.ts';
import { checkJob } from '../../../support/jobs/job-invariants.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

type Submission = SubmitJobInput['submission'];

const deterministic: Partial<ServiceDefinition> = {
  deterministic: true,
  parameters: { type: 'object', properties: { unit: { default: 'metre' } } },
  inputs: { tables: { required: false, collection: true }, more: { required: false, collection: true } },
  outputs: { plots: { required: false, collection: true } },
};

/** Other stores than those in memory. */
interface Stores {
  readonly jobs?: JobStore;
  readonly links?: JobLinks;
  readonly data?: DataStore;
  readonly results?: ReusableResults;
}

/** The deterministic service `measure` in two versions, `echo`, which is not deterministic, and callers that run and delete jobs. */
export async function reuseWorld(stores: Stores = {}) {
  const deps = { ...testDeps(), ...stores };
  for (const tenant of ['local', 'other'])
    for (const version of ['1.0.0', '1.1.0'])
      await deps.services.insert(aService(deterministic, { tenant, name: 'measure', version }));
  await deps.services.insert(aService());
  const submit = async (
    submission: Partial<Submission> = {},
    input: Partial<SubmitJobInput> = {},
    ports = deps,
  ) => {
    const { job } = await submitJob(ports, {
      tenant: 'local',
      owner: 'key-1',
      submission: { service: 'measure@1.0.0', ...submission },
      ...input,
    });
    checkJob(job);
    return job;
  };
  const reusing = (submission: Partial<Submission> = {}, input: Partial<SubmitJobInput> = {}, ports = deps) =>
    submit({ reuse: { maxAgeSeconds: 3600 }, ...submission }, input, ports);
  const addData = async (origin: DataOrigin, text: string, sha256?: string) => {
    const description = {
      name: `${text}.csv`,
      sizeBytes: Buffer.byteLength(text),
      ...(sha256 ? { sha256 } : {}),
    };
    const data = await insertData(deps, { tenant: 'local', origin, description });
    deps.contents.putBytes(contentKey(data), Buffer.from(text));
    const key = { tenant: data.tenant, dataId: data.id };
    return (await completeUpload(deps, { key, completion: {} })).data;
  };
  const upload = (text: string) => addData({ kind: 'upload', by: 'tester' }, text);
  const stored = async ({ tenant, id: jobId }: Job) => deps.jobs.get({ tenant, jobId });
  /** Starts the first attempt of a job. */
  const claim = async (job: Job): Promise<Job> => {
    const now = deps.clock.now();
    const change = { attempt: 1, scheduledAt: now, startedAt: now };
    const executing = {
      ...transitionJob(job, 'executing', { now, change }),
      claim: { executionDigest: 'A', tokenDigest: 'token-1' },
    };
    await deps.jobs.replace(executing, job.version, job);
    return executing;
  };
  const settle = ({ tenant, id: jobId }: Job, value: unknown, ports = deps) =>
    settleAttempt(ports, { tenant, jobId, attempt: 1, report: { kind: 'value', value } });
  /** Runs a pending job to its end, with one output for each text. */
  const run = async (job: Job, value: unknown = 'result', outputs: readonly string[] = []) => {
    const executing = await claim(job);
    if (outputs.length > 0)
      await deps.jobs.replace(
        { ...executing, hasOutputs: true, version: executing.version + 1 },
        executing.version,
        executing,
      );
    const written: DataObject[] = [];
    for (const text of outputs)
      written.push(await addData({ kind: 'job', jobId: job.id, attempt: 1, slot: 'plots' }, text));
    await settle(job, value);
    return { job: (await stored(job)) ?? job, outputs: written };
  };
  const remove = (
    { tenant, id: jobId }: Job,
    scope: Partial<Parameters<typeof deleteJob>[1]> = {},
    ports = deps,
  ) =>
    deleteJob(ports, {
      key: { tenant, jobId },
      by: 'tester',
      withChildren: false,
      dryRun: false,
      meetsPrecondition: () => true,
      ...scope,
    });
  const removeData = ({ tenant, id: dataId }: DataObject) =>
    deleteData(deps, { key: { tenant, dataId }, by: 'tester' });
  return { deps, submit, reusing, upload, addData, stored, claim, settle, run, remove, removeData };
}

export type ReuseWorld = Awaited<ReturnType<typeof reuseWorld>>;
