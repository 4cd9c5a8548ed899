import { ProblemError } from '../../core/contract/problems/problem-error.ts';
import type { RedriveEventsInput, RedriveOutcome } from '../../core/events/redrive/redrive-events.ts';
import type { LazyLambdaClient } from '../clients/lambda-client.ts';

/** The event with which the API invokes the publisher. */
export interface RedriveRequest {
  readonly redrive: Omit<RedriveEventsInput, 'budgetEndsAt'>;
}

/** The API has 29 s for a response; the publisher stops after 12 s, except for the changes that it is publishing. */
const timeoutMs = 26_000;

/**
 * Lets the publisher publish changes again: with its own code and its own role, so that the API needs none of its permissions. Throws
 * `unavailable` if it does not respond within 26 s, and other errors if it fails or is throttled; a repeated call does no harm.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function redriveInPublisher(
  client: LazyLambdaClient,
  functionName: string,
  redrive: RedriveRequest['redrive'],
): Promise<RedriveOutcome> {
  const request: RedriveRequest = { redrive };
  const abortSignal = AbortSignal.timeout(timeoutMs);
  const { Payload: payload, FunctionError: error } = await (await client())
    .invoke(
      { FunctionName: functionName, Payload: JSON.stringify(request) },
      { requestTimeout: timeoutMs, abortSignal },
    )
    .catch((cause: unknown) => {
      throw abortSignal.aborted ? late(cause) : cause;
    });
  const text = Buffer.from(payload ?? []).toString();
  if (error !== undefined) throw new Error(`The publisher failed: ${text}`);
  return JSON.parse(text);
}

function late(cause: unknown): ProblemError {
  const detail = 'The publisher did not respond in time and may still be publishing: send the request again';
  return new ProblemError('unavailable', detail, { cause });
}
