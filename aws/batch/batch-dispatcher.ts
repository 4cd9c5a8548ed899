import type { Batch } from '@aws-sdk/client-batch';
import {
  type BatchAttempt,
  type BatchDispatcher,
  type BatchJob,
  BatchRejection,
  BatchThrottled,
} from '../../core/ports/batch-dispatcher.ts';
import type { LazyBatchClient } from '../clients/batch-client.ts';
import { pace } from '../system/pace.ts';
import { toBatchJob } from './batch-job.ts';
import { batchRevisions } from './batch-revisions.ts';
import { toSubmission } from './batch-submission.ts';

export interface BatchDispatcherDeps {
  readonly client: LazyBatchClient;
  /** The name of the default queue. */
  readonly jobQueue: string;
  /** The minimum time between two submissions of this process; default 100. */
  readonly submissionIntervalMs?: number;
}

/**
 * AWS Batch accepts 50 submissions per second and account, a fixed quota; at most four processes make 40
 * (https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html).
 */
const defaultSubmissionIntervalMs = 100;

/**
 * Runs attempts as jobs on AWS Batch. Each call is tried once, because a failed call may have had its effect
 * (aws/clients/batch-client.ts).
 */
export function batchDispatcher(deps: BatchDispatcherDeps): BatchDispatcher {
  return {
    submit: makeSubmit(deps),
    async find(jobName, jobQueue = deps.jobQueue) {
      const client = await deps.client();
      const filters = [{ name: 'JOB_NAME', values: [jobName] }];
      const { jobSummaryList = [] } = await client.listJobs({ jobQueue, filters });
      const [newest] = jobSummaryList
        .filter((job) => job.jobName === jobName)
        .sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
      return newest?.jobId === undefined ? undefined : describe(client, newest.jobId);
    },
    describe: async (dispatcherId) => describe(await deps.client(), dispatcherId),
    async terminate(dispatcherId, reason) {
      const client = await deps.client();
      await client.terminateJob({ jobId: dispatcherId, reason });
    },
  };
}

function makeSubmit(deps: BatchDispatcherDeps): BatchDispatcher['submit'] {
  const revisions = batchRevisions(Date.now);
  const waitForInterval = pace(deps.submissionIntervalMs ?? defaultSubmissionIntervalMs);
  const submit = async (attempt: BatchAttempt): Promise<string> => {
    const client = await deps.client();
    const jobDefinition = await revisions.resolve(client, attempt.jobDefinition);
    if (jobDefinition === undefined)
      throw new BatchRejection(
        `The job definition ${attempt.jobDefinition} does not exist or has no active revision`,
      );
    await waitForInterval();
    const destination = { jobQueue: attempt.jobQueue ?? deps.jobQueue, jobDefinition };
    const { jobId } = await client.submitJob(toSubmission(attempt, destination));
    if (jobId === undefined) throw new Error('Batch accepted a job without returning its ID');
    return jobId;
  };
  return (attempt) =>
    submit(attempt)
      .catch((error: unknown) => {
        // The cached revision may have been replaced by a newer one.
        if (isRejection(error) && revisions.forget(attempt.jobDefinition)) return submit(attempt);
        throw error;
      })
      .catch((error: unknown) => {
        if (isRejection(error)) throw new BatchRejection(error.message, { cause: error });
        throw isThrottled(error) ? new BatchThrottled(error.message, { cause: error }) : error;
      });
}

async function describe(client: Batch, jobId: string): Promise<BatchJob | undefined> {
  const { jobs: [detail] = [] } = await client.describeJobs({ jobs: [jobId] });
  return detail === undefined ? undefined : toBatchJob(detail);
}

/**
 * Batch returns `ClientException` for every invalid call, whether a parameter or the resource that it refers
 * to is invalid
 * (https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html#API_SubmitJob_Errors).
 */
function isRejection(error: unknown): error is Error {
  return error instanceof Error && /^(?:ClientException|AccessDeniedException)$/.test(error.name);
}

/**
 * The API model of Batch does not contain these errors. Batch refuses throttled calls before they have any
 * effect (https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html).
 */
function isThrottled(error: unknown): error is Error {
  return error instanceof Error && /^(?:TooManyRequests|Throttling)(?:Exception)?$/.test(error.name);
}
