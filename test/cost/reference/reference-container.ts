import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AssemblyChange } from '../../support/local-service/assembly-copy.ts';
import { withJobDefinitions } from '../../support/local-service/batch-jobs.ts';

const library = new URL('../../../worker/batch/run-batch-job.ts', import.meta.url).href;
const jobDefinition = 'errand-job-local__reference';

/** The work of the reference container: it returns its parameters once it is released, long before its first heartbeat. */
const program = `
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { runBatchJob } from ${JSON.stringify(library)};

await runBatchJob(async ({ parameters, job }) => {
  while (!existsSync(process.env.LET_GO + '/' + job.id)) await delay(5);
  return parameters;
});
`;

/** Adds the job definition of the reference container. */
export const withReferenceContainer: AssemblyChange = withJobDefinitions({ [jobDefinition]: program });

/** The service on AWS Batch with this container; its jobs check `directory` for the permission to continue. */
export function referenceContainerService(directory: string) {
  return {
    parameters: {},
    dispatcher: { kind: 'batch', jobDefinition, environment: { LET_GO: directory } },
  } as const;
}

/**
 * Lets the container of a job end. On AWS the event that it runs arrives long before its end; here both would arrive at about the
 * same time, and it would be random which write records the start.
 */
export function letGo(directory: string, jobId: string): void {
  writeFileSync(join(directory, jobId), '');
}
