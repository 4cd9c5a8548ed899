import type { AttemptLog } from '../model/job.ts';

/**
 * Log group of containers whose job definition names none
 * (https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html).
 */
export const defaultLogGroup = '/aws/batch/job';

/** The log of a container as Batch reports it; an empty text means that it is not known. */
export interface ReportedLog {
  /** The option `awslogs-group` of the job definition. */
  readonly group?: string | undefined;
  readonly stream?: string | undefined;
}

/**
 * The log of a container; undefined until it has a stream, and always with a log driver that has no streams.
 */
export function batchLog({ group, stream }: ReportedLog): AttemptLog | undefined {
  if (stream === undefined || stream === '') return undefined;
  return { group: group === undefined || group === '' ? defaultLogGroup : group, stream };
}
