import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { defaultLogGroup } from '../../../core/jobs/batch/batch-log.ts';
import type { AttemptLog, Invocation } from '../../../core/jobs/model/job.ts';
import { readOptionalText } from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';

/**
 * Encodes a log as `<group>:<stream>`, or as the stream alone in the default group. Neither name may contain
 * a colon (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html).
 */
export function logAttribute(log: AttemptLog | undefined): AttributeValue.SMember | undefined {
  if (log === undefined) return undefined;
  return { S: log.group === defaultLogGroup ? log.stream : `${log.group}:${log.stream}` };
}

/** Decodes an attribute that `logAttribute` wrote; undefined when it is missing. */
export function readLog(item: Item, name: string): AttemptLog | undefined {
  const written = readOptionalText(item, name);
  if (written === undefined) return undefined;
  const colon = written.indexOf(':');
  if (colon < 0) return { group: defaultLogGroup, stream: written };
  return { group: written.slice(0, colon), stream: written.slice(colon + 1) };
}

/** Encodes an invocation as `<request ID>[:<stream>[:<group>]]`; neither name may contain a colon. */
export function invocationAttribute(invocation: Invocation | undefined): AttributeValue.SMember | undefined {
  if (invocation === undefined) return undefined;
  const { requestId, stream = '', group = '' } = invocation;
  return { S: [requestId, stream, group].join(':').replace(/:+$/, '') };
}

/** Decodes an attribute that `invocationAttribute` wrote; undefined when it is missing. */
export function readInvocation(item: Item, name: string): Invocation | undefined {
  const written = readOptionalText(item, name);
  if (written === undefined) return undefined;
  const [requestId = '', stream = '', group = ''] = written.split(':');
  return { requestId, ...(stream === '' ? {} : { stream }), ...(group === '' ? {} : { group }) };
}
