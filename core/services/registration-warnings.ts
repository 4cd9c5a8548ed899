import type { RegistrationWarning, ServiceDefinition } from '../contract/schemas/service-schemas.ts';
import type { Log } from '../ports/log.ts';
import { asError } from '../std/as-error.ts';

/** Finds the AWS resources that run services. A method throws if AWS refuses the call or does not respond in time. */
export interface ServiceResources {
  /** Whether a Lambda function with this name exists. */
  hasFunction(functionName: string): Promise<boolean>;
  /** Whether a job definition has this revision, or any revision if the name contains none, and it is active. */
  hasJobDefinition(jobDefinition: string): Promise<boolean>;
}

interface Deps {
  readonly resources: ServiceResources;
  readonly log: Log;
}

/**
 * Returns a warning if the function or job definition of a registered version does not exist, because it may be
 * deployed later. Undefined if that could not be checked; then the reason is logged. Never throws.
 */
export async function registrationWarnings(
  { resources, log }: Deps,
  { dispatcher }: Pick<ServiceDefinition, 'dispatcher'>,
): Promise<RegistrationWarning[] | undefined> {
  try {
    const warning = await missingResource(resources, dispatcher);
    return warning === undefined ? [] : [warning];
  } catch (error) {
    log.warn('registration-not-checked', { dispatcher: dispatcher.kind, error: asError(error) });
    return undefined;
  }
}

async function missingResource(
  resources: ServiceResources,
  dispatcher: ServiceDefinition['dispatcher'],
): Promise<RegistrationWarning | undefined> {
  if (dispatcher.kind === 'lambda') {
    const { functionName } = dispatcher;
    if (await resources.hasFunction(functionName)) return undefined;
    const detail = `The function ${functionName} does not exist in Errand's account and region; until you deploy it, jobs of this version end as misconfigured`;
    return { code: 'function-not-found', detail, pointer: '/dispatcher/functionName' };
  }
  const { jobDefinition } = dispatcher;
  if (await resources.hasJobDefinition(jobDefinition)) return undefined;
  const detail = `The job definition ${jobDefinition} does not exist in Errand's account and region, or is not active; until you deploy it, jobs of this version end as misconfigured`;
  return { code: 'job-definition-not-found', detail, pointer: '/dispatcher/jobDefinition' };
}
