import {
  largestOwnVariables,
  maxOverridesBytes,
  overridesSizeBytes,
} from '../contract/container-overrides.ts';
import type { JsonObject } from '../contract/json.ts';
import { violationsError } from '../contract/problems/problem-error.ts';
import type { Violation } from '../contract/problems/problem-schema.ts';
import type { ServiceDefinition } from '../contract/schemas/service-schemas.ts';
import { minBatchAttemptSeconds } from '../jobs/model/defaults.ts';
import { newPatternChecker, type PatternChecker } from '../json-schema/pattern/pattern-checker.ts';
import { schemaViolations } from '../json-schema/schema/schema-violations.ts';
import { defaultViolations } from '../json-schema/validation/default-violations.ts';

/**
 * The longest timeout of a Lambda function
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html).
 */
const lambdaTimeoutSeconds = 900;

/** Slots are stored with the definition, whose record is limited to 400 KB, and lists of services contain them. */
const maxSlotsBytes = 32_768;

type BatchDispatcher = ServiceDefinition['dispatcher'] & { readonly kind: 'batch' };

/**
 * Throws `schema-invalid` with every violation of a definition's schemas and limits, and with the violations that the
 * caller has found already. Pointers start at the root of the body.
 */
export async function checkDefinition(
  definition: ServiceDefinition,
  otherViolations: readonly Violation[] = [],
): Promise<void> {
  const patternChecker = newPatternChecker();
  const violations = [
    ...otherViolations,
    ...(await allViolations(definition.parameters, '/parameters', patternChecker)),
    ...(definition.result === undefined
      ? []
      : await allViolations(definition.result, '/result', patternChecker)),
    ...limitViolations(definition),
    ...slotViolations(definition),
  ];
  if (violations.length > 0) throw violationsError('schema-invalid', violations);
}

/** Defaults are checked only against a schema that can be checked. */
async function allViolations(
  schema: JsonObject,
  pointer: string,
  patternChecker: PatternChecker,
): Promise<readonly Violation[]> {
  const violations = await schemaViolations(schema, pointer, patternChecker);
  return violations.length > 0 ? violations : defaultViolations(schema, pointer);
}

function limitViolations({
  dispatcher,
  attemptTimeoutSeconds,
  heartbeatSeconds,
}: ServiceDefinition): readonly Violation[] {
  if (dispatcher.kind === 'batch') return batchViolations(dispatcher, attemptTimeoutSeconds);
  const violations: Violation[] = [];
  if (attemptTimeoutSeconds !== undefined && attemptTimeoutSeconds > lambdaTimeoutSeconds) {
    const detail = `must be at most ${lambdaTimeoutSeconds} for a Lambda function, not ${attemptTimeoutSeconds}`;
    violations.push({ pointer: '/attemptTimeoutSeconds', detail, keyword: 'maximum' });
  }
  // The function does not receive the URL for its reports, so every longer attempt would be lost.
  if (heartbeatSeconds !== undefined && dispatcher.payload === 'parameters') {
    const detail =
      'must be omitted when dispatcher.payload is "parameters": the function then has no token to send heartbeats with';
    violations.push({ pointer: '/heartbeatSeconds', detail, keyword: 'not' });
  }
  return violations;
}

function batchViolations(
  dispatcher: BatchDispatcher,
  attemptTimeoutSeconds = minBatchAttemptSeconds,
): readonly Violation[] {
  const violations = [...overridesViolations(dispatcher)];
  if (attemptTimeoutSeconds < minBatchAttemptSeconds) {
    const detail = `must be at least ${minBatchAttemptSeconds} for AWS Batch, not ${attemptTimeoutSeconds}`;
    violations.push({ pointer: '/attemptTimeoutSeconds', detail, keyword: 'minimum' });
  }
  return violations;
}

/** Reports the larger of the two members if they exceed the limit of Batch: every attempt would fail. */
function overridesViolations({ command = [], environment = {} }: BatchDispatcher): readonly Violation[] {
  const availableBytes = maxOverridesBytes - overridesSizeBytes({ environment: largestOwnVariables });
  const sizeBytes = overridesSizeBytes({ command, environment });
  if (sizeBytes <= availableBytes) return [];
  const isCommand = overridesSizeBytes({ command, environment: {} }) > sizeBytes / 2;
  const detail = `must be smaller: command and environment together have ${sizeBytes} bytes in the format of AWS Batch, and may have ${availableBytes}`;
  return [{ pointer: `/dispatcher/${isCommand ? 'command' : 'environment'}`, detail, keyword: 'maxLength' }];
}

/** The violations of the slots of a definition. */
function slotViolations({ inputs, outputs, dispatcher }: ServiceDefinition): readonly Violation[] {
  return Object.entries({ inputs, outputs }).flatMap(([name, slots]) => {
    if (slots === undefined) return [];
    const pointer = `/${name}`;
    if (dispatcher.kind === 'lambda' && dispatcher.payload === 'parameters') {
      const detail =
        'must be omitted when dispatcher.payload is "parameters": the function then has no token to read and write data objects with';
      return [{ pointer, detail, keyword: 'not' }];
    }
    const sizeBytes = Buffer.byteLength(JSON.stringify(slots));
    if (sizeBytes <= maxSlotsBytes) return [];
    const detail = `must be at most ${maxSlotsBytes} bytes of JSON, not ${sizeBytes}: shorten the descriptions`;
    return [{ pointer, detail, keyword: 'maxLength' }];
  });
}
