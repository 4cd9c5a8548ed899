import { ArnFormat, type Stack } from 'aws-cdk-lib/core';
import { defaultQueue, reservedInPrefixes, resourcePrefix } from '../../core/contract/resource-names.ts';

/** Fixed physical names, so that resources can refer to each other without a cycle in the template. */
export interface Names {
  /** The prefix of every fixed name: lower-case letters, digits and `-`. */
  readonly prefix: string;
}

/**
 * 20 characters leave room in the 64 of a function's name for `-service-`, the longest tenant and `__x`
 * (https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html).
 */
const prefixPattern = /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/;

/**
 * Returns the names of a stack with this prefix. Throws for a prefix with which this stack and another could
 * invoke each other's functions. Prefixes with a common start, such as `errand` and `errand-x`, are safe side
 * by side.
 */
export function namesOf(prefix: string): Names {
  if (!prefixPattern.test(prefix))
    throw new Error(
      `The prefix ${prefix} is not valid: it must be 1 to 20 lower-case letters, digits and -, begin with a letter and not end with -`,
    );
  const reserved = reservedInPrefixes.find((text) => prefix.includes(text));
  if (reserved !== undefined)
    throw new Error(
      `The prefix ${prefix} must not contain ${reserved}: its names could be the names of services of another stack`,
    );
  return { prefix };
}

/** Returns the name of a function of Errand, such as `errand-submit`. */
export function functionName(names: Names, name: string): string {
  return `${names.prefix}-${name}`;
}

/** Returns the ARN of a function of Errand in this stack without a reference to the resource. */
export function functionArn(stack: Stack, names: Names, name: string): string {
  return stack.formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: functionName(names, name),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Returns the name of a function that runs jobs; services may use any function with such a name. */
export function serviceFunctionName(names: Names, service: string): string {
  return `${resourcePrefix(names.prefix, 'functionName')}${service}`;
}

/**
 * Returns the name of the state machine for attempts of at most 180 s (`express`) or longer ones
 * (`standard`).
 */
export function attemptStateMachineName(names: Names, kind: 'express' | 'standard'): string {
  return kind === 'express' ? `${names.prefix}-job-router` : `${names.prefix}-job-router-standard`;
}

/** Returns the ARN of a state machine in this stack without a reference to the resource. */
export function attemptStateMachineArn(stack: Stack, names: Names, kind: 'express' | 'standard'): string {
  return stack.formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: attemptStateMachineName(names, kind),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Returns the ARN pattern of all functions that run jobs. */
export function serviceFunctionArns(stack: Stack, names: Names): string {
  return stack.formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: serviceFunctionName(names, '*'),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Returns the name of the default Batch queue. The names of other queues begin with it and a `-`. */
export function jobQueueName(names: Names): string {
  return defaultQueue(names.prefix);
}

/**
 * Returns the name of a Batch job definition that runs jobs; Errand may submit any definition with such a
 * name.
 */
export function jobDefinitionName(names: Names, service: string): string {
  return `${resourcePrefix(names.prefix, 'jobDefinition')}${service}`;
}

/** Returns the ARN of a Batch queue, job definition or job in the account and region of this stack. */
export function batchArn(
  stack: Stack,
  resource: 'job-queue' | 'job-definition' | 'job',
  name: string,
): string {
  return stack.formatArn({ service: 'batch', resource, resourceName: name });
}
