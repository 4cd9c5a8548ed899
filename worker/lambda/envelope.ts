import type { WorkerAccess } from '../attempt/call-worker.ts';
import { ServiceFailure } from '../attempt/service-failure.ts';
import type { JobReference } from '../service/service-call.ts';

/** The job in the envelope of a Lambda service. */
export type EnvelopeJob = JobReference & {
  readonly name?: string;
  readonly service: { readonly name: string; readonly version: string };
  readonly tags: readonly string[];
};

/** Parameters are inside the envelope, or at a presigned GET URL when they are too large for it. */
export type ParametersSource =
  | { readonly kind: 'inline'; readonly value: unknown }
  | { readonly kind: 'address'; readonly url: string };

/** The validated event of a Lambda service. */
export type Envelope = {
  readonly parameters: ParametersSource;
  readonly job: EnvelopeJob;
  readonly worker: WorkerAccess;
};

/**
 * Reads the event of a Lambda service registered with `payload: "envelope"`. Throws a `ServiceFailure` of
 * type `invalid-envelope` that names every missing part and never contains a value.
 */
export function readEnvelope(event: unknown): Envelope {
  const { job, worker, ...rest } = isRecord(event) ? event : {};
  const parameters = readParameters(rest);
  if (isEnvelopeJob(job) && isWorkerAccess(worker) && parameters !== undefined) {
    return { parameters, job, worker };
  }
  const violations = [
    ...(isEnvelopeJob(job) ? [] : ['"job" with id, attempt, service and tags']),
    ...(isWorkerAccess(worker) ? [] : ['"worker" with url and token']),
    ...(parameters === undefined ? ['"parameters" or a "parametersUrl"'] : []),
  ];
  throw new ServiceFailure(
    `The event is no job envelope: it lacks ${violations.join(', ')}. ` +
      'Invoke this function through a job, and register it with the payload "envelope", which is the default.',
    { type: 'invalid-envelope' },
  );
}

function readParameters(event: Record<string, unknown>): ParametersSource | undefined {
  if ('parameters' in event) return { kind: 'inline', value: event['parameters'] };
  const url = event['parametersUrl'];
  return typeof url === 'string' && URL.canParse(url) ? { kind: 'address', url } : undefined;
}

function isEnvelopeJob(value: unknown): value is EnvelopeJob {
  return (
    isRecord(value) &&
    typeof value['id'] === 'string' &&
    isOptionalText(value['name']) &&
    Number.isInteger(value['attempt']) &&
    isServiceReference(value['service']) &&
    Array.isArray(value['tags']) &&
    value['tags'].every((tag) => typeof tag === 'string') &&
    isOptionalText(value['traceparent'])
  );
}

function isServiceReference(value: unknown): value is EnvelopeJob['service'] {
  return isRecord(value) && typeof value['name'] === 'string' && typeof value['version'] === 'string';
}

function isWorkerAccess(value: unknown): value is WorkerAccess {
  return isRecord(value) && typeof value['url'] === 'string' && typeof value['token'] === 'string';
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
