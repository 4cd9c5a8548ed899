import {
  largestOwnVariables,
  maxOverridesBytes,
  overridesSizeBytes,
} from '../contract/container-overrides.ts';
import type { JsonObject } from '../contract/json.ts';
import { faultsError } from '../contract/problems/problem-error.ts';
import type { Fault } from '../contract/problems/problem-schema.ts';
import type { ServiceDefinition } from '../contract/schemas/service-schemas.ts';
import { minBatchAttemptSeconds } from '../jobs/model/defaults.ts';
import { newPatternChecker, type PatternChecker } from '../json-schema/pattern/pattern-checker.ts';
import { schemaFaults } from '../json-schema/schema/schema-faults.ts';
import { defaultFaults } from '../json-schema/validation/default-faults.ts';

/**
 * The longest timeout of a Lambda function
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html).
 */
const lambdaTimeoutSeconds = 900;

type BatchDispatcher = ServiceDefinition['dispatcher'] & { readonly kind: 'batch' };

/**
 * Throws `schema-invalid` with every fault of a definition's schemas and limits, and with the faults that the
 * caller has found already. Pointers start at the root of the body.
 */
export async function checkDefinition(
  definition: ServiceDefinition,
  otherFaults: readonly Fault[] = [],
): Promise<void> {
  const patternChecker = newPatternChecker();
  const faults = [
    ...otherFaults,
    ...(await allFaults(definition.parameters, '/parameters', patternChecker)),
    ...(definition.result === undefined ? [] : await allFaults(definition.result, '/result', patternChecker)),
    ...limitFaults(definition),
  ];
  if (faults.length > 0) throw faultsError('schema-invalid', faults);
}

/** Defaults are checked only against a schema that can be checked. */
async function allFaults(
  schema: JsonObject,
  pointer: string,
  patternChecker: PatternChecker,
): Promise<readonly Fault[]> {
  const faults = await schemaFaults(schema, pointer, patternChecker);
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
  // The function does not receive the URL for its reports, so every longer attempt would be lost.
  if (heartbeatSeconds !== undefined && dispatcher.payload === 'parameters') {
    const detail =
      'must be omitted when dispatcher.payload is "parameters": the function then has no token to send heartbeats with';
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

/** Reports the larger of the two members if they exceed the limit of Batch: every attempt would fail. */
function overridesFaults({ command = [], environment = {} }: BatchDispatcher): readonly Fault[] {
  const availableBytes = maxOverridesBytes - overridesSizeBytes({ environment: largestOwnVariables });
  const sizeBytes = overridesSizeBytes({ command, environment });
  if (sizeBytes <= availableBytes) return [];
  const isCommand = overridesSizeBytes({ command, environment: {} }) > sizeBytes / 2;
  const detail = `must be smaller: command and environment together have ${sizeBytes} bytes in the format of AWS Batch, and may have ${availableBytes}`;
  return [{ pointer: `/dispatcher/${isCommand ? 'command' : 'environment'}`, detail, keyword: 'maxLength' }];
}
