import type { InvokeResult } from '../../cloud.ts';
import type { CallListener } from '../call.ts';
import { type FaultPayload, maxResponseBytes, responseTooLarge } from '../fault-payloads.ts';

/**
 * Creates a listener that resolves an invocation to one result. The bytes of a streaming handler are
 * collected and become the payload.
 */
export function bufferedListener(resolve: (result: InvokeResult) => void): CallListener {
  const chunks: Uint8Array[] = [];
  const fail = (fault: FaultPayload): void =>
    resolve({ payload: JSON.stringify(fault), functionError: 'Unhandled' });
  const succeed = (payload: string): void => {
    if (Buffer.byteLength(payload) > maxResponseBytes) fail(responseTooLarge());
    else resolve({ payload });
  };
  return {
    done: succeed,
    failed: fail,
    chunk: (bytes, _contentType, taken) => {
      chunks.push(bytes);
      taken();
    },
    ended: () => succeed(Buffer.concat(chunks).toString('utf8')),
  };
}
