import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { defaultQueue, reservedInPrefixes, targetPrefix } from '../../core/contract/target-names.ts';

/** Physical names that are fixed so that one resource can name another without a cycle in the template. */
export interface Names {
  /** Lower-case letters, digits and `-`; begins every fixed name. */
  readonly prefix: string;
}

/**
 * 20 characters leave room in the 64 of a function's name for `-service-`, the longest tenant and `__x`
 * (https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html).
 */
const prefixForm = /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/;

/**
 * The names of a stack with that prefix. Throws for a prefix with which another stack could invoke this one's functions,
 * or this one another's. Prefixes that begin alike, such as `errand` and `errand-x`, are safe beside each other.
 */
export function namesOf(prefix: string): Names {
  if (!prefixForm.test(prefix))
    throw new Error(
      `The prefix ${prefix} must be 1 to 20 lower-case letters, digits and -, begin with a letter and not end with -`,
    );
  const reserved = reservedInPrefixes.find((text) => prefix.includes(text));
  if (reserved !== undefined)
    throw new Error(
      `The prefix ${prefix} may not contain ${reserved}: names with it could be those that another stack lets services have`,
    );
  return { prefix };
}

/** Name of one of our functions, such as `errand-submit`. */
export function functionName(names: Names, name: string): string {
  return `${names.prefix}-${name}`;
}

/** Name of a function that carries out jobs; services may name any function of this form. */
export function serviceFunctionName(names: Names, service: string): string {
  return `${targetPrefix(names.prefix, 'functionName')}${service}`;
}

/** Name of the job router that runs attempts of at most 180 s (`express`) or longer ones (`standard`). */
export function attemptStateMachineName(names: Names, kind: 'express' | 'standard'): string {
  return kind === 'express' ? `${names.prefix}-job-router` : `${names.prefix}-job-router-standard`;
}

/** The ARN that a router will have in this stack, made without a reference to it. */
export function attemptStateMachineArn(stack: Stack, names: Names, kind: 'express' | 'standard'): string {
  return stack.formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: attemptStateMachineName(names, kind),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The pattern of ARNs of all functions that carry out jobs. */
export function serviceFunctionArns(stack: Stack, names: Names): string {
  return stack.formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: serviceFunctionName(names, '*'),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Name of the Batch queue of services that name none; those that others make begin with it and a `-`. */
export function jobQueueName(names: Names): string {
  return defaultQueue(names.prefix);
}

/** Name of a Batch job definition that carries out jobs; Errand may submit any definition of this form. */
export function jobDefinitionName(names: Names, service: string): string {
  return `${targetPrefix(names.prefix, 'jobDefinition')}${service}`;
}

/** The ARN of a Batch queue, job definition or job in the account and region of this stack. */
export function batchArn(
  stack: Stack,
  resource: 'job-queue' | 'job-definition' | 'job',
  name: string,
): string {
  return stack.formatArn({ service: 'batch', resource, resourceName: name });
}
