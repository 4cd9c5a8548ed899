import type { AttemptLogs } from '../../ports/attempt-logs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import { type LoggedAttempt, settlingMs } from '../model/attempt-log.ts';
import { functionLogGroup, isCustomGroup } from '../model/invocation.ts';
import type { Invocation, Job } from '../model/job.ts';
import { readServiceOf } from '../records/accepted-definition.ts';
import { redactAwsIdentifiers } from '../records/redact-aws-identifiers.ts';
import { readInvocation } from './read-invocation.ts';
import type { ReadLog } from './read-log-page.ts';

export interface AttemptOutputDeps {
  readonly logs: AttemptLogs;
  readonly services: ServiceReader;
  readonly clock: Clock;
}

/** Where the output of an attempt is, or why that is not known; no detail if the attempt may have no output. */
export type AttemptOutput =
  | { readonly kind: 'known'; readonly read: ReadLog /** For messages. */; readonly location: string }
  | { readonly kind: 'unknown'; readonly detail?: string };

/**
 * How much earlier than the recorded start of an attempt its first line may be: the clock of CloudWatch Logs may differ from
 * Errand's.
 */
const clockDifferenceMs = 5000;

const unknownInvocation =
  'The request ID of the invocation is not known, so its lines cannot be found in the log of the function. Errand learns the ID from a result, from a time-out or an exit of the function, and from the worker library';

/** Finds the output of an attempt: a stream of a container, or the lines of an invocation. */
export async function outputOf(
  { logs, services, clock }: AttemptOutputDeps,
  job: Job,
  attempt: LoggedAttempt,
): Promise<AttemptOutput> {
  const { log, invocation } = attempt;
  if (log !== undefined) {
    const location = `the log group ${log.group}, which contains the stream ${log.stream}`;
    return {
      kind: 'known',
      read: (range) => logs.read(log, range),
      location: redactAwsIdentifiers(location),
    };
  }
  if (job.dispatcher !== undefined) return { kind: 'unknown' };
  if (invocation === undefined) return { kind: 'unknown', detail: unknownInvocation };
  const group = await groupOf(services, job, invocation);
  const secret = job.issuedTokenFingerprints?.[0];
  if (group === undefined || secret === undefined) return { kind: 'unknown', detail: unknownInvocation };
  const location = `the log group ${redactAwsIdentifiers(group)}, which contains the lines of the invocation ${invocation.requestId}`;
  const source = { logs, group, invocation, time: timeOf(attempt), now: clock.now(), secret };
  return { kind: 'known', read: (range) => readInvocation(source, range), location };
}

/** The message for an invocation without lines. */
export function expiredOutput(location: string): string {
  return `There are no lines in ${location}: they have expired, or the function wrote none with this request ID, or its lines are in another log group`;
}

/**
 * The log group of an invocation: the one that the function reported, or the default. The group of another function is never read,
 * even if a function reports it.
 */
async function groupOf(
  services: AttemptOutputDeps['services'],
  job: Job,
  { group }: Invocation,
): Promise<string | undefined> {
  if (group !== undefined && isCustomGroup(group)) return group;
  const service = await readServiceOf(services, job);
  const dispatcher = service?.definition.dispatcher;
  return dispatcher?.kind === 'lambda' ? functionLogGroup(dispatcher.functionName) : undefined;
}

function timeOf({ startedAt, finishedAt }: LoggedAttempt) {
  return {
    startAt: startedAt - clockDifferenceMs,
    ...(finishedAt === undefined ? {} : { endAt: finishedAt + settlingMs }),
  };
}
