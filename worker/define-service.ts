import { type JobReference, type ParametersSource, readEnvelope, type WorkerAccess } from './envelope.ts';
import { fetchParameters } from './fetch-parameters.ts';
import { ServiceFailure, toWireError } from './service-failure.ts';

/** What a service is called with: its parameters, the attempt, and its access to the worker routes. */
export type ServiceCall<Parameters> = {
  readonly parameters: Parameters;
  readonly job: JobReference;
  readonly worker: WorkerAccess;
};

/** A service: takes a call, returns the job's result (JSON), throws to fail. It may run twice for one attempt. */
export type Service<Parameters, Result> = (call: ServiceCall<Parameters>) => Promise<Result> | Result;

/**
 * Makes a Lambda handler of a service registered with `payload: "envelope"` (the default).
 * A `ServiceFailure` leaves in the wire form of `service-failure.ts`; any other error keeps its name and message.
 */
export function defineService<Parameters, Result>(
  run: Service<Parameters, Result>,
): (event: unknown) => Promise<Result> {
  return async (event) => {
    try {
      const { parameters: source, job, worker } = readEnvelope(event);
      // The job was admitted only after its parameters were checked against the schema in the service's manifest.
      const parameters = (await readSource(source)) as Parameters;
      return await run({ parameters, job, worker });
    } catch (error) {
      throw error instanceof ServiceFailure ? toWireError(error) : error;
    }
  };
}

async function readSource(source: ParametersSource): Promise<unknown> {
  return source.kind === 'inline' ? source.value : fetchParameters(source.url);
}
