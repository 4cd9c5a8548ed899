import * as z from 'zod/mini';
import { batchLog } from '../../core/jobs/batch/batch-log.ts';
import type { BatchJob } from '../../core/ports/batch-dispatcher.ts';

/** Batch leaves out what it does not know; a rule's input may put an empty text or null in such a place. */
const optionalText = z.optional(z.nullable(z.string()));
const optionalNumber = z.optional(z.nullable(z.number()));

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_AttemptDetail.html */
const attemptDetail = z.object({
  startedAt: optionalNumber,
  stoppedAt: optionalNumber,
  container: z.optional(
    z.object({ exitCode: optionalNumber, reason: optionalText, logStreamName: optionalText }),
  ),
});

/** What the rules of infra/events/batch-events.ts pass on of a `Batch Job State Change`. */
const passedEvent = z.object({
  time: z.iso.datetime(),
  tenant: z.string(),
  claim: z.string(),
  jobName: z.string(),
  jobId: z.string(),
  status: z.enum(['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED']),
  statusReason: optionalText,
  /** `<group>:<stream>` of the container; each is empty where the event does not have it. */
  log: z.optional(z.string()),
  attempts: z.array(attemptDetail),
});

/** A Batch job as an event tells it. Throws for anything but the input of our rules. */
export function readEvent(event: unknown): BatchJob {
  const { time, tenant, claim, jobName, jobId, status, statusReason, log, attempts } =
    passedEvent.parse(event);
  const [group, stream] = log?.split(':') ?? [];
  const { container = {}, startedAt, stoppedAt } = attempts.at(-1) ?? {};
  return {
    dispatcherId: jobId,
    jobName,
    tenant,
    claim,
    status,
    ...known('statusReason', statusReason),
    ...known('exitCode', container.exitCode),
    ...known('reason', container.reason),
    ...known('log', batchLog({ group, stream: stream || container.logStreamName || undefined })),
    // An attempt is listed when it has ended; one that runs began when this was told.
    // One that never began may have a 0 in the place of its beginning.
    ...known('startedAt', status === 'RUNNING' ? Date.parse(time) : startedAt || undefined),
    ...known('stoppedAt', stoppedAt),
  };
}

function known<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { readonly [name in Name]?: Value } {
  const isKnown = value !== undefined && value !== null && value !== '';
  // One member with that very name, or none.
  return (isKnown ? { [name]: value } : {}) as { readonly [name in Name]?: Value };
}
