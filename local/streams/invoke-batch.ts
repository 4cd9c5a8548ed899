import { AwsError } from '../aws-error.ts';
import type { FunctionInvoker, InvokeResult } from '../cloud.ts';
import { messageOf } from '../error-message.ts';
import { isRecord } from '../json.ts';
import type { StreamMapping } from './mapping.ts';
import { type StreamRecord, sequenceOf } from './stream-record.ts';

/** Outcome of an invocation with a batch. */
export type BatchOutcome =
  | { readonly kind: 'succeeded' }
  /** The records from this index on are to be retried. */
  | { readonly kind: 'partial'; readonly firstFailed: number }
  | { readonly kind: 'failed' }
  /** The function did not run: throttled, missing, not permitted. */
  | { readonly kind: 'unavailable'; readonly why: string };

/** Returns the JSON text of a batch's event. */
export function batchPayload(records: readonly StreamRecord[]): string {
  return JSON.stringify({ Records: records });
}

/**
 * Invokes the mapping's function with a batch. The caller is Lambda itself, so no permission is required.
 * Never throws.
 */
export async function invokeBatch(
  invoker: Pick<FunctionInvoker, 'invoke'>,
  mapping: StreamMapping,
  records: readonly StreamRecord[],
): Promise<BatchOutcome> {
  try {
    const result = await invoker.invoke({
      functionName: mapping.functionArn,
      payload: batchPayload(records),
      principal: { kind: 'operator' },
    });
    return outcomeOf(result, mapping, records);
  } catch (error) {
    const code = error instanceof AwsError ? error.code : 'Error';
    // A payload that is too large for Lambda remains too large. As a failure it is bisected, or abandoned
    // when its retries are used up.
    if (code.startsWith('RequestEntityTooLarge') || code === 'RequestTooLargeException')
      return { kind: 'failed' };
    return { kind: 'unavailable', why: `${code}: ${messageOf(error)}` };
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html */
function outcomeOf(
  result: InvokeResult,
  mapping: StreamMapping,
  records: readonly StreamRecord[],
): BatchOutcome {
  if (result.functionError !== undefined) return { kind: 'failed' };
  if (!mapping.reportsItemFailures) return { kind: 'succeeded' };
  const output = parsed(result.payload);
  const failures = isRecord(output) ? output['batchItemFailures'] : undefined;
  if (!Array.isArray(failures) || failures.length === 0) return { kind: 'succeeded' };
  const sequences = records.map(sequenceOf);
  const indexes = failures.map((item: unknown) =>
    isRecord(item) ? sequences.indexOf(String(item['itemIdentifier'])) : -1,
  );
  const firstFailed = Math.min(...indexes);
  // An identifier that is empty or unknown fails the whole batch, and so does the first record.
  return firstFailed <= 0 ? { kind: 'failed' } : { kind: 'partial', firstFailed };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
