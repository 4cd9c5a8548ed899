import type { Batch } from '@aws-sdk/client-batch';
import {
  type BatchAttempt,
  type BatchDispatcher,
  type BatchJob,
  BatchRefusal,
  BatchThrottled,
} from '../../core/ports/batch-dispatcher.ts';
import type { LazyBatchClient } from '../clients/batch-client.ts';
import { pace } from '../system/pace.ts';
import { toBatchJob } from './batch-job.ts';
import { batchRevisions } from './batch-revisions.ts';
import { toSubmission } from './batch-submission.ts';

export interface BatchDispatcherDeps {
  readonly client: LazyBatchClient;
  /** Name of the queue of jobs that name none. */
  readonly jobQueue: string;
  /** Least time between two submissions of this process; default 100. */
  readonly submissionMilliseconds?: number;
}

/**
 * AWS Batch takes 50 submissions a second from an account, and cannot take more; with four processes at most there are 40
 * (https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html).
 */
const defaultSubmissionMilliseconds = 100;

/**
 * Attempts as jobs of AWS Batch. Each call is tried once: one that failed may have had its effect all the same
 * (aws/clients/batch-client.ts).
 */
export function batchDispatcher(deps: BatchDispatcherDeps): BatchDispatcher {
  return {
    submit: submitter(deps),
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

function submitter(deps: BatchDispatcherDeps): BatchDispatcher['submit'] {
  const revisions = batchRevisions(Date.now);
  const turn = pace(deps.submissionMilliseconds ?? defaultSubmissionMilliseconds);
  const submit = async (attempt: BatchAttempt): Promise<string> => {
    const client = await deps.client();
    const jobDefinition = await revisions.resolve(client, attempt.jobDefinition);
    if (jobDefinition === undefined)
      throw new BatchRefusal(`There is no active job definition ${attempt.jobDefinition}`);
    await turn();
    const place = { jobQueue: attempt.jobQueue ?? deps.jobQueue, jobDefinition };
    const { jobId } = await client.submitJob(toSubmission(attempt, place));
    if (jobId === undefined) throw new Error('Batch took a job and gave it no id');
    return jobId;
  };
  return (attempt) =>
    submit(attempt)
      .catch((error: unknown) => {
        // A revision that was found a while ago may have given way to a newer one.
        if (isRefusal(error) && revisions.forget(attempt.jobDefinition)) return submit(attempt);
        throw error;
      })
      .catch((error: unknown) => {
        if (isRefusal(error)) throw new BatchRefusal(error.message, { cause: error });
        throw isThrottled(error) ? new BatchThrottled(error.message, { cause: error }) : error;
      });
}

async function describe(client: Batch, jobId: string): Promise<BatchJob | undefined> {
  const { jobs: [detail] = [] } = await client.describeJobs({ jobs: [jobId] });
  return detail === undefined ? undefined : toBatchJob(detail);
}

/**
 * `ClientException` is Batch's name for all that is wrong with a call, as such or because of what it names
 * (https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html#API_SubmitJob_Errors).
 */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && /^(?:ClientException|AccessDeniedException)$/.test(error.name);
}

/**
 * Batch's API does not model these: all of its calls that a submission makes are refused so before they do anything
 * (https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html).
 */
function isThrottled(error: unknown): error is Error {
  return error instanceof Error && /^(?:TooManyRequests|Throttling)(?:Exception)?$/.test(error.name);
}
