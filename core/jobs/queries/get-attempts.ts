import { isTerminal, type JobStatus } from '../../contract/job-state.ts';
import { failureCodes } from '../../contract/policy.ts';
import type { JobAttempt } from '../../contract/schemas/job-schemas.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { AttemptLog, EndedAttempt, Failure, Job } from '../model/job.ts';
import { redactAwsIdentifiers } from '../records/redact-aws-identifiers.ts';
import { type GetJobDeps, getJob } from './get-job.ts';
import { formatTime } from './represent-job.ts';

/** The attempts of a job in order, including the running one. Throws `not-found`. */
export async function getAttempts(deps: GetJobDeps, key: JobKey): Promise<readonly JobAttempt[]> {
  return attemptsOf(await getJob(deps, key));
}

/** The attempts in the record of a job. */
export function attemptsOf(job: Job): readonly JobAttempt[] {
  const earlier = job.endedAttempts.map(representEnded);
  // Until the next claim `job.attempt` is the number of the previous attempt, which is in the list.
  return job.attempt === (job.endedAttempts.at(-1)?.number ?? 0) ? earlier : [...earlier, lastAttempt(job)];
}

function representEnded({ number, startedAt, finishedAt, failure, ...location }: EndedAttempt): JobAttempt {
  return {
    number,
    ...failureMembers(failure),
    startedAt: formatTime(startedAt),
    finishedAt: formatTime(finishedAt),
    ...locationOf(location),
  };
}

/** The running attempt, or the last attempt of an ended job. */
function lastAttempt(job: Job): JobAttempt {
  const firstTransitionAt =
    job.transitions.find(({ attempt }) => attempt === job.attempt)?.at ?? job.updatedAt;
  return {
    number: job.attempt,
    ...(job.failure === undefined ? { status: statusOfLast(job.status) } : failureMembers(job.failure)),
    startedAt: formatTime(job.startedAt ?? firstTransitionAt),
    ...(job.finishedAt === undefined ? {} : { finishedAt: formatTime(job.finishedAt) }),
    ...locationOf(job),
  };
}

/**
 * The dispatcher's ID of the attempt, and its log. Names of AWS resources are redacted like other texts of
 * AWS.
 */
function locationOf(attempt: Pick<Job, 'dispatcherId' | 'log' | 'invocation'>) {
  const { dispatcherId, invocation } = attempt;
  const log = representLog(attempt.log ?? invocation);
  return omitUndefined({
    dispatcherId,
    log: invocation === undefined ? log : { ...log, requestId: invocation.requestId },
  });
}

function representLog(log: Partial<AttemptLog> | undefined): Partial<AttemptLog> | undefined {
  if (log === undefined) return undefined;
  const names = omitUndefined({ group: log.group, stream: log.stream });
  return Object.fromEntries(
    Object.entries(names).map(([member, name]) => [member, redactAwsIdentifiers(name)]),
  );
}

function statusOfLast(status: JobStatus): JobAttempt['status'] {
  if (isTerminal(status)) return 'succeeded';
  return status === 'scheduled' || status === 'aborting' ? status : 'executing';
}

function failureMembers({ code, detail, serviceErrorType, exitCode, reason }: Failure) {
  return {
    status: failureCodes[code].status,
    code,
    detail,
    ...omitUndefined({ serviceErrorType, exitCode, reason }),
  };
}
