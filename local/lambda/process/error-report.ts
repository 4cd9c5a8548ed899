import type { IncomingHttpHeaders } from 'node:http';
import { isRecord } from '../../json.ts';
import type { FaultPayload } from '../fault-payloads.ts';

/**
 * Converts an error that a runtime client reports to the payload of the call. A JSON object is returned with all
 * its members; if it or its `errorType` is absent, the type is that of the header.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-invokeerror
 */
export function readErrorReport(body: Buffer, headers: IncomingHttpHeaders): FaultPayload {
  const text = body.toString();
  const report = parseRecord(text);
  const header = headers['lambda-runtime-function-error-type'];
  const named = typeof header === 'string' && header !== '' ? header : 'Runtime.Unknown';
  if (report === undefined) return { errorType: named, errorMessage: text };
  const { errorType, errorMessage } = report;
  return {
    ...report,
    errorType: typeof errorType === 'string' ? errorType : named,
    errorMessage: typeof errorMessage === 'string' ? errorMessage : '',
  };
}

function parseRecord(text: string) {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
