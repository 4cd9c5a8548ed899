import { ArnFormat, type Stack } from 'aws-cdk-lib';

/** Physical names that are fixed so that one resource can name another without a cycle in the template. */
export interface Names {
  /** Lower-case letters, digits and `-`; begins every fixed name. */
  readonly prefix: string;
}

/** Name of one of our functions, such as `errand-submit`. */
export function functionName(names: Names, name: string): string {
  return `${names.prefix}-${name}`;
}

/** Name of a function that carries out jobs; the router may invoke any function of this form. */
export function serviceFunctionName(names: Names, service: string): string {
  return `${names.prefix}-service-${service}`;
}

/** Name of the job router that runs attempts of at most 240 s (`express`) or longer ones (`standard`). */
export function jobRouterName(names: Names, kind: 'express' | 'standard'): string {
  return kind === 'express' ? `${names.prefix}-job-router` : `${names.prefix}-job-router-standard`;
}

/** The ARN that a router will have in this stack, made without a reference to it. */
export function jobRouterArn(stack: Stack, names: Names, kind: 'express' | 'standard'): string {
  return stack.formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: jobRouterName(names, kind),
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
  return `${names.prefix}-queue`;
}

/** Name of a Batch job definition that carries out jobs; Errand may submit any definition of this form. */
export function jobDefinitionName(names: Names, service: string): string {
  return `${names.prefix}-job-${service}`;
}

/** The ARN of a Batch queue, job definition or job in the account and region of this stack. */
export function batchArn(
  stack: Stack,
  resource: 'job-queue' | 'job-definition' | 'job',
  name: string,
): string {
  return stack.formatArn({ service: 'batch', resource, resourceName: name });
}
