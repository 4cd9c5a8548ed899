import { faultsError } from '../contract/problem-error.ts';
import type { Fault } from '../contract/problem-schema.ts';
import type { ServiceDefinition } from '../contract/service-schemas.ts';
import { schemaFaults } from './schema/schema-faults.ts';

/** What a Lambda function may take at most (https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html). */
const lambdaTimeoutSeconds = 900;

/** Throws `schema-invalid` with every fault of a definition's schemas and limits, pointers from the body's root. */
export async function checkDefinition(definition: ServiceDefinition): Promise<void> {
  const faults = [
    ...(await schemaFaults(definition.parameters, '/parameters')),
    ...(definition.result === undefined ? [] : await schemaFaults(definition.result, '/result')),
    ...limitFaults(definition),
  ];
  if (faults.length > 0) throw faultsError('schema-invalid', faults);
}

function limitFaults({ dispatcher, attemptTimeoutSeconds = 0 }: ServiceDefinition): readonly Fault[] {
  if (dispatcher.kind !== 'lambda' || attemptTimeoutSeconds <= lambdaTimeoutSeconds) return [];
  const detail = `must be at most ${lambdaTimeoutSeconds} for a Lambda function, not ${attemptTimeoutSeconds}`;
  return [{ pointer: '/attemptTimeoutSeconds', detail, keyword: 'maximum' }];
}
