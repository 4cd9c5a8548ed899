import * as z from 'zod/mini';
import { batchLog } from '../../core/jobs/batch/batch-log.ts';
import type { BatchJob } from '../../core/ports/batch-dispatcher.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';

/**
 * Batch omits unknown values; the input transformer of a rule may replace them with null or an empty string.
 */
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

/**
 * The fields of a `Batch Job State Change` or a `Batch Job Queue Blocked` that the rules of
 * infra/events/batch-events.ts forward.
 */
const forwardedEvent = z.object({
  time: z.iso.datetime(),
  tenant: z.string(),
  claim: z.string(),
  jobName: z.string(),
  jobId: z.string(),
  status: z.enum(['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED']),
  statusReason: optionalText,
  /** `<group>:<stream>` of the container; each part is empty when the event does not contain it. */
  log: z.optional(z.string()),
  attempts: z.array(attemptDetail),
});

/** Parses the Batch job in an event; throws for any input that the rules do not produce. */
export function parseEvent(event: unknown): BatchJob {
  const { time, tenant, claim, jobName, jobId, status, statusReason, log, attempts } =
    forwardedEvent.parse(event);
  const [group, stream] = log?.split(':') ?? [];
  const { container = {}, startedAt, stoppedAt } = attempts.at(-1) ?? {};
  return {
    dispatcherId: jobId,
    jobName,
    tenant,
    claim,
    status,
    ...omitUndefined({
      statusReason: statusReason || undefined,
      exitCode: container.exitCode ?? undefined,
      reason: container.reason || undefined,
      log: batchLog({ group, stream: stream || container.logStreamName || undefined }),
      // Batch's own attempts are runs of the container. Batch lists a run only after its end, so while one is
      // running, the time of the event is its start. For a run that never started, `startedAt` may be 0.
      startedAt: status === 'RUNNING' ? Date.parse(time) : startedAt || undefined,
      stoppedAt: stoppedAt ?? undefined,
    }),
  };
}
