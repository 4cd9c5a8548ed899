import type { AttemptLog } from '../model/job.ts';

/**
 * Log group of containers whose job definition names none
 * (https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html).
 */
export const defaultLogGroup = '/aws/batch/job';

/** What Batch tells of a container's log; an empty text is nothing told. */
export interface ReportedLog {
  /** The option `awslogs-group` of the job definition. */
  readonly group?: string | undefined;
  readonly stream?: string | undefined;
}

/** Where a container writes; undefined as long as it has no stream, and for good with a log driver that makes none. */
export function batchLog({ group, stream }: ReportedLog): AttemptLog | undefined {
  if (stream === undefined || stream === '') return undefined;
  return { group: group === undefined || group === '' ? defaultLogGroup : group, stream };
}
