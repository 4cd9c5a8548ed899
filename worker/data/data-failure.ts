import type { WorkerResponse } from '../attempt/call-worker.ts';
import { ServiceFailure } from '../attempt/service-failure.ts';

/** Problems of the routes of outputs after which the next attempt may succeed. */
const retryableProblems = ['upload-incomplete', 'checksum-mismatch'];

/** The failure of an attempt that cannot read an input; `detail` completes the sentence. */
export function inputUnavailable(input: string, detail: string, retryable: boolean): ServiceFailure {
  return new ServiceFailure(`${input} could not be read: ${detail}.`, {
    type: 'input-unavailable',
    retryable,
  });
}

/** The failure of an attempt that cannot store an output; another attempt may succeed. */
export function outputNotDelivered(output: string, detail: string): ServiceFailure {
  return new ServiceFailure(`${output} was not stored: ${detail}.`, {
    type: 'output-not-delivered',
    retryable: true,
  });
}

/** The failure of an attempt whose output Errand does not accept. */
export function outputRefused(output: string, detail: string): ServiceFailure {
  return new ServiceFailure(`${output} was refused: ${detail}`, { type: 'output-refused' });
}

/** The failure for a response of the routes of outputs. */
export function outputFailure(
  output: string,
  response: Exclude<WorkerResponse, { kind: 'accepted' }>,
): ServiceFailure {
  if (response.kind === 'stale') return outputNotDelivered(output, 'this attempt has ended');
  if (response.kind === 'unanswered' || retryableProblems.includes(response.slug))
    return outputNotDelivered(output, response.detail);
  return outputRefused(output, response.detail);
}
