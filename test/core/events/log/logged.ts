import { appendToLog } from '../../../../core/events/log/append-to-log.ts';
import { logTails } from '../../../../core/events/log/log-tails.ts';
import type { JobChange } from '../../../../core/events/publish-events.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';
import { memoryEventLog } from '../../../support/memory/events/memory-event-log.ts';

export const baseUrl = 'https://api.test';
export const dayMs = 86_400_000;

/** All ports with an event log, and a publisher that has appended nothing yet. */
export function logDeps() {
  const eventLog = memoryEventLog();
  const deps = { ...testDeps(), eventLog, sendToWebhooks: async (): Promise<readonly string[]> => [] };
  return { ...deps, tails: logTails({ eventLog, clock: deps.clock }) };
}

export type LogDeps = ReturnType<typeof logDeps>;

/** Stores a job with all its transitions, and appends them to the log as one entry. */
export async function logged(deps: LogDeps, job: Job): Promise<Job> {
  await deps.jobs.insert(job);
  await appendToLog(deps, [{ position: job.id, after: job }]);
  return job;
}

/** A job that succeeded: two events. */
export function loggedJob(deps: LogDeps, index: number, given: Partial<Job> = {}): Promise<Job> {
  return logged(deps, endedJob('succeeded', { id: jobIdAt(someTime, BigInt(index)), ...given }));
}

/** The change that creates a job: one event. */
export function creation(index: number, given: Partial<Job> = {}): JobChange {
  return { position: String(index), after: aJob({ id: jobIdAt(someTime, BigInt(index)), ...given }) };
}
