import type { ServiceReader } from '../../ports/service-store.ts';
import { definitionDigest } from '../../services/model/definition-digest.ts';
import type { Service } from '../../services/model/service.ts';
import { type Job, serviceOf } from '../model/job.ts';

/**
 * Reads the service version of a job, with the definition that the job was accepted with. Undefined if the version
 * does not exist, which never happens to the version of a started job. Costs one read, and a second one if a
 * development version was replaced after the job was accepted. Throws if the replaced definition is missing.
 */
export async function readServiceOf(services: ServiceReader, job: Job): Promise<Service | undefined> {
  const key = { tenant: job.tenant, ...serviceOf(job) };
  const service = await services.get(key);
  const { definitionDigest: accepted } = job;
  if (service === undefined || accepted === undefined || definitionDigest(service.definition) === accepted)
    return service;
  const definition = await services.replacedDefinition(key, accepted);
  if (definition === undefined) throw new Error(`The definition that the job ${job.id} uses is missing`);
  return { ...service, definition };
}

/** Reads the service version as `readServiceOf` does. Throws if it does not exist. */
export async function requireServiceOf(services: ServiceReader, job: Job): Promise<Service> {
  const service = await readServiceOf(services, job);
  if (service === undefined) throw new Error(`The service of the job ${job.id} is missing`);
  return service;
}
