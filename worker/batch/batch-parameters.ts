import type { Attempt } from '../attempt/attempt.ts';
import { longPauses } from '../attempt/call-worker.ts';
import { fetchParameters, parametersUnavailable, parseParameters } from '../attempt/fetch-parameters.ts';
import type { BatchEnvironment } from './batch-environment.ts';

/**
 * Reads a container's parameters from its environment or from the worker routes, which redirect to large
 * parameters. Throws as `fetchParameters` does, and the signal's reason when the attempt has ended.
 */
export async function readBatchParameters(
  attempt: Attempt,
  { parametersJson }: Pick<BatchEnvironment, 'parametersJson'>,
): Promise<unknown> {
  if (parametersJson !== undefined) return parseParameters(parametersJson);
  const response = await attempt.call({ method: 'GET', path: '/parameters', pauses: longPauses });
  attempt.signal.throwIfAborted();
  if (response.kind !== 'accepted')
    throw parametersUnavailable(
      response.kind === 'stale' ? 'the attempt has ended' : response.detail,
      response.kind === 'unanswered',
    );
  return response.location === undefined
    ? parseParameters(response.text)
    : fetchParameters(response.location);
}
