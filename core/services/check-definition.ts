import type { JsonObject } from '../contract/json.ts';
import { largestOwnVariables, maxOverridesBytes, sizeOnBatch } from '../contract/overrides-size.ts';
import { faultsError } from '../contract/problems/problem-error.ts';
import type { Fault } from '../contract/problems/problem-schema.ts';
import type { ServiceDefinition } from '../contract/schemas/service-schemas.ts';
import { minBatchAttemptSeconds } from '../jobs/model/defaults.ts';
import { newPatternChecker, type PatternChecker } from '../json-schema/pattern/judge-patterns.ts';
import { schemaFaults } from '../json-schema/schema/schema-faults.ts';
import { defaultFaults } from '../json-schema/validation/default-faults.ts';

/** What a Lambda function may take at most (https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html). */
const lambdaTimeoutSeconds = 900;

type BatchDispatcher = ServiceDefinition['dispatcher'] & { readonly kind: 'batch' };

/**
 * Throws `schema-invalid` with every fault of a definition's schemas and limits, and with those that its caller has found
 * already, pointers from the body's root.
 */
export async function checkDefinition(
  definition: ServiceDefinition,
  found: readonly Fault[] = [],
): Promise<void> {
  const judge = newPatternChecker();
  const faults = [
    ...found,
    ...(await allFaults(definition.parameters, '/parameters', judge)),
    ...(definition.result === undefined ? [] : await allFaults(definition.result, '/result', judge)),
    ...limitFaults(definition),
  ];
  if (faults.length > 0) throw faultsError('schema-invalid', faults);
}

/** Defaults are checked only against a schema that can be checked. */
async function allFaults(
  schema: JsonObject,
  pointer: string,
  judge: PatternChecker,
): Promise<readonly Fault[]> {
  const faults = await schemaFaults(schema, pointer, judge);
  return faults.length > 0 ? faults : defaultFaults(schema, pointer);
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
  dispatcher: BatchDispatcher,
  attemptTimeoutSeconds = minBatchAttemptSeconds,
): readonly Fault[] {
  const faults = [...overridesFaults(dispatcher)];
  if (attemptTimeoutSeconds < minBatchAttemptSeconds) {
    const detail = `must be at least ${minBatchAttemptSeconds} for AWS Batch, not ${attemptTimeoutSeconds}`;
    faults.push({ pointer: '/attemptTimeoutSeconds', detail, keyword: 'minimum' });
  }
  return faults;
}

/** Every attempt of a service with larger overrides would fail, so the larger of the two members is told. */
function overridesFaults({ command = [], environment = {} }: BatchDispatcher): readonly Fault[] {
  const roomBytes = maxOverridesBytes - sizeOnBatch({ environment: largestOwnVariables });
  const sizeBytes = sizeOnBatch({ command, environment });
  if (sizeBytes <= roomBytes) return [];
  const isCommand = sizeOnBatch({ command, environment: {} }) > sizeBytes / 2;
  const detail = `must be smaller: command and environment have ${sizeBytes} bytes as AWS Batch hands them on, and room for ${roomBytes}`;
  return [{ pointer: `/dispatcher/${isCommand ? 'command' : 'environment'}`, detail, keyword: 'maxLength' }];
}
