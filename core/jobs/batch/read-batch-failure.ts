import { constants } from 'node:os';
import type { FailureCode } from '../../contract/policy.ts';
import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { hideAccount } from '../records/hide-account.ts';
import { type StopReason, stopReasons } from './stop-reasons.ts';

/** What a failed Batch job tells of itself. */
export type BatchFailure = Pick<BatchJob, 'statusReason' | 'reason' | 'exitCode' | 'startedAt'>;

/** A failure as the job keeps it. */
export interface ReadBatchFailure {
  readonly code: FailureCode;
  readonly detail: string;
  readonly exitCode?: number;
  /** The dispatcher's own words, without what identifies the account. */
  readonly reason?: string;
}

interface Verdict {
  readonly code: FailureCode;
  readonly detail: string;
}

interface Row extends Verdict {
  readonly text: RegExp;
}

const maxReasonCharacters = 1000;

/** What we have told Batch ourselves. An abort is not here: the job knows of it. */
const ownRows: ReadonlyMap<string | undefined, Verdict> = new Map<StopReason, Verdict>([
  [stopReasons.queueTimeout, { code: 'capacity', detail: 'Batch had no room for the attempt in time' }],
  [stopReasons.timeout, { code: 'timeout', detail: 'The attempt reached its time limit' }],
  [stopReasons.lost, { code: 'lost', detail: 'The attempt was given up' }],
  [stopReasons.superseded, { code: 'lost', detail: 'The attempt was given up' }],
]);

/**
 * The texts of Batch (`statusReason`) and of ECS below it (`reason` of the container, repeated as `statusReason` where the
 * container never began), the first that fits. None of them holds anything that user code said.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
 * https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
 * https://docs.aws.amazon.com/batch/latest/userguide/spot_termination.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
const rows: readonly Row[] = [
  {
    text: /Job attempt duration exceeded timeout/,
    code: 'timeout',
    detail: 'The attempt reached its time limit',
  },
  { text: /OutOfMemory/, code: 'out-of-memory', detail: 'The container used more memory than it has' },
  {
    text: /Host EC2 \(instance .+\) (?:stopped|terminated)|Spot Task was interrupted|SpotInterruption|Spot interruption/i,
    code: 'spot-interrupted',
    detail: 'The machine under the container was taken away',
  },
  {
    text: /CannotPull\w*Error|CannotPull(?:Container|ImageManifest)/,
    code: 'image-pull',
    detail: 'The image of the container could not be fetched',
  },
  {
    text: /CannotStartContainer|CannotCreateContainer|CannotCreateVolume|ResourceInitializationError/,
    code: 'misconfigured',
    detail: 'The container could not be started as its job definition says',
  },
  {
    // Batch takes such a submission and tells it of the attempt, which would fail again.
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    text: /Container Overrides length must be at most/,
    code: 'misconfigured',
    detail: "The service's command and environment are larger than Batch can pass on",
  },
  {
    text: /unable to assume the role|MISCONFIGURATION:|Invalid (?:CPU|memory)|is not authorized to perform/i,
    code: 'misconfigured',
    detail: 'The job definition or the queue does not allow the attempt to run',
  },
  {
    text: /Timeout waiting for network interface provisioning|Capacity is unavailable|CAPACITY:|network interface/i,
    code: 'capacity',
    detail: 'AWS had no room for the attempt',
  },
];

/**
 * Tells what a failed Batch job means for its attempt. A text that is not known decides nothing: with an exit code other
 * than 0 the service's own code has failed, without a start nothing of it ran (`dispatch-failed`), and otherwise nobody knows
 * what became of it (`lost`).
 */
export function readBatchFailure(failed: BatchFailure): ReadBatchFailure {
  const { statusReason, reason, exitCode } = failed;
  // The container's reason says more than the status, which for the most part is that the container ended.
  const reported = [reason ?? '', statusReason ?? ''].filter((text) => text !== '');
  const verdict =
    ownRows.get(statusReason) ?? rows.find(({ text }) => reported.some((one) => text.test(one)));
  const texts = hideAccount([...new Set(reported)].join('; '))
    .slice(0, maxReasonCharacters)
    .toWellFormed();
  return {
    ...(verdict === undefined ? unknownFailure(failed) : { code: verdict.code, detail: verdict.detail }),
    ...omitUndefined({ exitCode }),
    ...(texts === '' ? {} : { reason: texts }),
  };
}

function unknownFailure({ exitCode, startedAt }: BatchFailure): Verdict {
  if (exitCode !== undefined && exitCode !== 0)
    return {
      code: 'service-failed',
      detail: `The container ended with exit code ${exitCode}${signalOf(exitCode)}`,
    };
  if (exitCode === undefined && startedAt === undefined)
    return { code: 'dispatch-failed', detail: 'Batch gave the attempt up before its container began' };
  return { code: 'lost', detail: 'Batch tells that the attempt failed, but not of what' };
}

/** A shell tells an end by a signal as 128 and the signal's number. */
function signalOf(exitCode: number): string {
  const name = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
  if (name === undefined) return '';
  return name === 'SIGKILL'
    ? ': it was killed (SIGKILL), often for want of memory'
    : `: it was ended by ${name}`;
}
