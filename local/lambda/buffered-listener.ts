import type { InvokeResult } from '../cloud.ts';
import type { CallListener } from './call.ts';
import { type FaultPayload, MAXIMUM_RESPONSE_BYTES, responseTooLarge } from './fault-payloads.ts';

/** Turns an invocation into one answer. A streaming handler's bytes are gathered and become the payload. */
export function bufferedListener(resolve: (result: InvokeResult) => void): CallListener {
  const chunks: Uint8Array[] = [];
  const fail = (fault: FaultPayload): void =>
    resolve({ payload: JSON.stringify(fault), functionError: 'Unhandled' });
  const answer = (payload: string): void => {
    if (Buffer.byteLength(payload) > MAXIMUM_RESPONSE_BYTES) fail(responseTooLarge());
    else resolve({ payload });
  };
  return {
    done: answer,
    failed: fail,
    chunk: (bytes, _contentType, taken) => {
      chunks.push(bytes);
      taken();
    },
    ended: () => answer(Buffer.concat(chunks).toString('utf8')),
  };
}
