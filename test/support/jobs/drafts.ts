import { type SubmitJobInput, submitJob } from '../../../core/jobs/submission/submit-job.ts';
import { aService, testDeps } from './test-deps.ts';

/** Requires `size`, and has a default for `unit`. */
export const sizedParameters = {
  type: 'object',
  properties: { size: { type: 'integer' }, unit: { type: 'string', default: 'm' } },
  required: ['size'],
} as const;

/** Two versions of `echo` that require a size, the service `any` that accepts everything, and a function that creates drafts. */
export async function draftWorld() {
  const deps = testDeps();
  const definition = { parameters: sizedParameters, attemptTimeoutSeconds: 60, retry: { maxAttempts: 5 } };
  await deps.services.insert(aService(definition));
  await deps.services.insert(aService({ ...definition, attemptTimeoutSeconds: 120 }, { version: '2.0.0' }));
  await deps.services.insert(aService({}, { name: 'any' }));
  const draft = async (
    submission: SubmitJobInput['submission'] = {},
    change: Partial<SubmitJobInput> = {},
  ) => {
    const all = { start: false, ...submission };
    const input = { tenant: 'local', owner: 'key-1', submission: all, ...change };
    return (await submitJob(deps, input)).job;
  };
  const stored = (jobId: string) => deps.jobs.get({ tenant: 'local', jobId });
  return { deps, draft, stored };
}
