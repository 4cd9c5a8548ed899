import type { ServiceDefinition } from '../../contract/schemas/service-schemas.ts';
import type { ServiceStore } from '../../ports/service-store.ts';
import { type Job, serviceOf } from '../model/job.ts';

/** What the attempts of all services on AWS Batch share: the rate at which the account may submit. */
const batchTarget = 'batch';

/** What the attempts of a service need capacity of: `lambda:<function name>`, or the submissions to AWS Batch. */
export function capacityTarget({ dispatcher }: ServiceDefinition): string {
  return dispatcher.kind === 'lambda' ? `lambda:${dispatcher.functionName}` : batchTarget;
}

/** What the attempts of a job need capacity of. Throws when its service's definition is gone, which a used one never is. */
export async function capacityTargetOf(
  { services }: { readonly services: Pick<ServiceStore, 'get'> },
  job: Job,
): Promise<string> {
  const service = await services.get({ tenant: job.tenant, ...serviceOf(job) });
  if (service === undefined) throw new Error(`The service of the job ${job.id} is missing`);
  return capacityTarget(service.definition);
}
