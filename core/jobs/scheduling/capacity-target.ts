import type { ServiceDefinition } from '../../contract/schemas/service-schemas.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import type { Job } from '../model/job.ts';
import { requireServiceOf } from '../records/accepted-definition.ts';

/** The shared target of all services on AWS Batch: the rate at which the account may submit jobs. */
const batchTarget = 'batch';

/**
 * The capacity target of a service: `lambda:<function name>`, or `batch` for the submissions to AWS Batch.
 */
export function capacityTarget({ dispatcher }: ServiceDefinition): string {
  switch (dispatcher.kind) {
    case 'lambda':
      return `lambda:${dispatcher.functionName}`;
    case 'batch':
      return batchTarget;
  }
}

/**
 * The capacity target of a job. Throws if its service definition is missing, which never happens to a used
 * one.
 */
export async function capacityTargetOf(
  { services }: { readonly services: ServiceReader },
  job: Job,
): Promise<string> {
  return capacityTarget((await requireServiceOf(services, job)).definition);
}
