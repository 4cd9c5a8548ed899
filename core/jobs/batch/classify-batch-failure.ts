import { constants } from 'node:os';
import type { FailureCode } from '../../contract/policy.ts';
import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { redactAwsIdentifiers } from '../records/redact-aws-identifiers.ts';
import { type StopReason, stopReasons } from './stop-reasons.ts';

/** The reported details of a failed Batch job. */
export type BatchFailure = Pick<BatchJob, 'statusReason' | 'reason' | 'exitCode' | 'startedAt'>;

/** A failure as it is stored on the job. */
export interface ClassifiedBatchFailure {
  readonly code: FailureCode;
  readonly detail: string;
  readonly exitCode?: number;
  /** The reason as the dispatcher reported it, without identifiers of the account. */
  readonly reason?: string;
}

interface Classification {
  readonly code: FailureCode;
  readonly detail: string;
}

interface Pattern extends Classification {
  readonly text: RegExp;
}

const maxReasonCharacters = 1000;

/**
 * The reasons that Errand itself sent to Batch, without the reason of an abort: the job records the abort.
 */
const byStopReason: ReadonlyMap<string | undefined, Classification> = new Map<StopReason, Classification>([
  [
    stopReasons.queueTimeout,
    { code: 'capacity', detail: 'AWS Batch had no capacity for the attempt within its queue time limit' },
  ],
  [stopReasons.timeout, { code: 'timeout', detail: 'The attempt reached its time limit' }],
  [stopReasons.lost, { code: 'lost', detail: 'Errand gave up the attempt' }],
  [stopReasons.superseded, { code: 'lost', detail: 'Errand gave up the attempt' }],
]);

/**
 * Texts of Batch (`statusReason`) and of ECS (`reason` of the container, repeated as `statusReason` if the
 * container never started); the first match counts. None of them contains a text of user code.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
 * https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
 * https://docs.aws.amazon.com/batch/latest/userguide/spot_termination.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
const patterns: readonly Pattern[] = [
  {
    text: /Job attempt duration exceeded timeout/,
    code: 'timeout',
    detail: 'The attempt reached its time limit',
  },
  { text: /OutOfMemory/, code: 'out-of-memory', detail: 'The container ran out of memory' },
  {
    text: /Host EC2 \(instance .+\) (?:stopped|terminated)|Spot Task was interrupted|SpotInterruption|Spot interruption/i,
    code: 'spot-interrupted',
    detail: 'The host of the container was stopped or reclaimed by AWS',
  },
  {
    text: /CannotPull\w*Error|CannotPull(?:Container|ImageManifest)/,
    code: 'image-pull',
    detail: 'The container image could not be pulled',
  },
  {
    text: /CannotStartContainer|CannotCreateContainer|CannotCreateVolume|ResourceInitializationError/,
    code: 'misconfigured',
    detail: 'The container could not be started as its job definition specifies',
  },
  {
    // Batch accepts such a submission and reports the error for the attempt; a retry would fail again.
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    text: /Container Overrides length must be at most/,
    code: 'misconfigured',
    detail: "The service's command and environment exceed the size that AWS Batch accepts",
  },
  {
    text: /unable to assume the role|MISCONFIGURATION:|Invalid (?:CPU|memory)|is not authorized to perform/i,
    code: 'misconfigured',
    detail: 'The job definition or the job queue does not allow the attempt to run',
  },
  {
    text: /Timeout waiting for network interface provisioning|Capacity is unavailable|CAPACITY:|network interface/i,
    code: 'capacity',
    detail: 'AWS had no capacity for the attempt',
  },
];

/**
 * Classifies a failed Batch job. If no text matches, an exit code other than 0 means that the code of the
 * service failed (`service-failed`), and a missing start means that none of it ran (`dispatch-failed`);
 * otherwise the cause is unknown (`lost`).
 */
export function classifyBatchFailure(failed: BatchFailure): ClassifiedBatchFailure {
  const { statusReason, reason, exitCode } = failed;
  // The reason of the container is more specific than the status, which mostly states that the container
  // ended.
  const reported = [reason ?? '', statusReason ?? ''].filter((text) => text !== '');
  const classification =
    byStopReason.get(statusReason) ??
    patterns.find(({ text }) => reported.some((reportedText) => text.test(reportedText)));
  const texts = redactAwsIdentifiers([...new Set(reported)].join('; '))
    .slice(0, maxReasonCharacters)
    .toWellFormed();
  return {
    ...(classification === undefined
      ? unknownFailure(failed)
      : { code: classification.code, detail: classification.detail }),
    ...omitUndefined({ exitCode }),
    ...(texts === '' ? {} : { reason: texts }),
  };
}

function unknownFailure({ exitCode, startedAt }: BatchFailure): Classification {
  if (exitCode !== undefined && exitCode !== 0)
    return {
      code: 'service-failed',
      detail: `The container exited with code ${exitCode}${signalOf(exitCode)}`,
    };
  if (exitCode === undefined && startedAt === undefined)
    return { code: 'dispatch-failed', detail: 'AWS Batch failed the attempt before its container started' };
  return { code: 'lost', detail: 'AWS Batch reported that the attempt failed, but gave no reason' };
}

/** A shell reports termination by a signal as exit code 128 plus the number of the signal. */
function signalOf(exitCode: number): string {
  const name = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
  if (name === undefined) return '';
  return name === 'SIGKILL' ? ': killed by SIGKILL, often for lack of memory' : `: terminated by ${name}`;
}
