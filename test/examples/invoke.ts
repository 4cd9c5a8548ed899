import { envelopeSample } from '../worker/envelope-sample.ts';

/** Calls a service's handler with an envelope around the parameters, and returns the result after its serialization. */
export async function invoke(
  handler: (event: unknown) => Promise<unknown>,
  parameters: unknown,
): Promise<unknown> {
  const result = await handler({ ...envelopeSample, parameters });
  return JSON.parse(JSON.stringify(result));
}

/** Calls a handler that must end in a `ServiceFailure`, and returns the members of that. */
export async function failureOf(
  handler: (event: unknown) => Promise<unknown>,
  parameters: unknown,
): Promise<unknown> {
  const error: unknown = await invoke(handler, parameters).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Error && error.name === 'ServiceFailure') return JSON.parse(error.message);
  throw new Error(`no ServiceFailure but ${String(error)}`, { cause: error });
}
