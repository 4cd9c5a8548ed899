/**
 * ECS, on which Batch runs containers, accepts at most 8,192 characters of overrides, JSON syntax included.
 * Batch adds its own variables, with the names of its queue and compute environment, and an attempt whose
 * overrides are too large always fails
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html).
 */
export const maxOverridesBytes = 7000;

/** The container overrides of an attempt, in addition to its job definition. */
export interface ContainerOverrides {
  readonly command?: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** Size in bytes as Batch passes the overrides on: each variable is an object with its name and value. */
export function overridesSizeBytes({ command, environment }: ContainerOverrides): number {
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return Buffer.byteLength(JSON.stringify({ command, environment: variables }));
}

/**
 * The largest values of the variables that Errand sets for every attempt; a worker URL has about 140
 * characters.
 */
export const largestOwnVariables: Readonly<Record<string, string>> = {
  ERRAND_JOB_ID: '0'.repeat(36),
  ERRAND_ATTEMPT: '10',
  ERRAND_WORKER_URL: '0'.repeat(300),
  ERRAND_WORKER_TOKEN: '0'.repeat(90),
  ERRAND_HEARTBEAT_SECONDS: '86400',
  TRACEPARENT: '0'.repeat(55),
};
