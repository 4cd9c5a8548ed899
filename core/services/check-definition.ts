import { faultsError } from '../contract/problem-error.ts';
import type { Fault } from '../contract/problem-schema.ts';
import type { ServiceDefinition } from '../contract/service-schemas.ts';
import { minBatchAttemptSeconds } from '../jobs/defaults.ts';
import { schemaFaults } from './schema/schema-faults.ts';

/** What a Lambda function may take at most (https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html). */
const lambdaTimeoutSeconds = 900;

/**
 * All overrides of a Batch job may have 8,192 characters; the rest is for what each attempt is told of itself
 * (https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerOverrides.html).
 */
const maxOwnOverridesBytes = 6000;

/** Throws `schema-invalid` with every fault of a definition's schemas and limits, pointers from the body's root. */
export async function checkDefinition(definition: ServiceDefinition): Promise<void> {
  const faults = [
    ...(await schemaFaults(definition.parameters, '/parameters')),
    ...(definition.result === undefined ? [] : await schemaFaults(definition.result, '/result')),
    ...limitFaults(definition),
  ];
  if (faults.length > 0) throw faultsError('schema-invalid', faults);
}

function limitFaults({
  dispatcher,
  attemptTimeoutSeconds,
  heartbeatSeconds,
}: ServiceDefinition): readonly Fault[] {
  if (dispatcher.kind === 'batch') return batchFaults(dispatcher, attemptTimeoutSeconds);
  const faults: Fault[] = [];
  if (attemptTimeoutSeconds !== undefined && attemptTimeoutSeconds > lambdaTimeoutSeconds) {
    const detail = `must be at most ${lambdaTimeoutSeconds} for a Lambda function, not ${attemptTimeoutSeconds}`;
    faults.push({ pointer: '/attemptTimeoutSeconds', detail, keyword: 'maximum' });
  }
  // Every attempt that is longer would be lost: the function is not told where to report.
  if (heartbeatSeconds !== undefined && dispatcher.payload === 'parameters') {
    const detail = 'must be left out where the payload is the bare parameters: such a function cannot report';
    faults.push({ pointer: '/heartbeatSeconds', detail, keyword: 'not' });
  }
  return faults;
}

function batchFaults(
  { command = [], environment = {} }: ServiceDefinition['dispatcher'] & { kind: 'batch' },
  attemptTimeoutSeconds = minBatchAttemptSeconds,
): readonly Fault[] {
  const faults: Fault[] = [];
  if (attemptTimeoutSeconds < minBatchAttemptSeconds) {
    const detail = `must be at least ${minBatchAttemptSeconds} for AWS Batch, not ${attemptTimeoutSeconds}`;
    faults.push({ pointer: '/attemptTimeoutSeconds', detail, keyword: 'minimum' });
  }
  const sizeBytes = Buffer.byteLength(JSON.stringify({ command, environment }));
  if (sizeBytes > maxOwnOverridesBytes) {
    const detail = `must have a command and an environment of at most ${maxOwnOverridesBytes} bytes of JSON together, not ${sizeBytes}`;
    faults.push({ pointer: '/dispatcher', detail, keyword: 'maxLength' });
  }
  return faults;
}
