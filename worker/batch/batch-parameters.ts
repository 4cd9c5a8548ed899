import type { Attempt } from '../attempt/attempt.ts';
import { longPauses } from '../attempt/call-worker.ts';
import { fetchParameters, parametersUnavailable, parseParameters } from '../attempt/fetch-parameters.ts';
import type { BatchEnvironment } from './batch-environment.ts';

/**
 * A container's parameters: from its environment, else from the worker routes, which may lead to where large ones are.
 * Throws as `fetchParameters` does, and the signal's reason when the attempt is over.
 */
export async function readBatchParameters(
  attempt: Attempt,
  { parametersJson }: Pick<BatchEnvironment, 'parametersJson'>,
): Promise<unknown> {
  if (parametersJson !== undefined) return parseParameters(parametersJson);
  const answer = await attempt.call({ method: 'GET', path: '/parameters', pauses: longPauses });
  attempt.signal.throwIfAborted();
  if (answer.kind !== 'accepted')
    throw parametersUnavailable(
      answer.kind === 'stale' ? 'the attempt is over' : answer.detail,
      answer.kind === 'unanswered',
    );
  return answer.location === undefined ? parseParameters(answer.text) : fetchParameters(answer.location);
}
