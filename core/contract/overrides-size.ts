/**
 * ECS, on which Batch runs containers, takes 8,192 characters of overrides with all that makes them JSON. Batch adds
 * variables of its own, with names of its queue and compute environment, and an attempt that is too large always fails
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html).
 */
export const maxOverridesBytes = 7000;

/** What an attempt has beside what its job definition says. */
export interface Overrides {
  readonly command?: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** In bytes, as Batch hands them on: each variable is an object with its name and its value. */
export function sizeOnBatch({ command, environment }: Overrides): number {
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return Buffer.byteLength(JSON.stringify({ command, environment: variables }));
}

/** The largest values of what every attempt is told of itself; an address of Errand's has some 140 characters. */
export const largestOwnVariables: Readonly<Record<string, string>> = {
  ERRAND_JOB_ID: '0'.repeat(36),
  ERRAND_ATTEMPT: '10',
  ERRAND_WORKER_URL: '0'.repeat(300),
  ERRAND_WORKER_TOKEN: '0'.repeat(90),
  ERRAND_HEARTBEAT_SECONDS: '86400',
  TRACEPARENT: '0'.repeat(55),
};
