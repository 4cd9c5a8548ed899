import type { DataObject } from '../../../core/data/model/data-object.ts';
import { contentKey } from '../../../core/data/model/data-object.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { listRefusals } from '../../../core/operations/list-refusals.ts';
import type { Operation, Refusal } from '../../../core/operations/model/operation.ts';
import { type SubmitArrayInput, submitArray } from '../../../core/operations/submit-array.ts';
import { availableData } from '../data/data-objects.ts';
import { aService } from '../jobs/test-deps.ts';
import { type OperationDeps, operationDeps } from './operation-world.ts';

/** All ports, and the service `echo`, whose parameter `count` is a number. */
export async function arrayWorld(): Promise<OperationDeps> {
  const deps = operationDeps();
  const parameters = { type: 'object', properties: { count: { type: 'number' } } };
  await deps.services.insert(aService({ parameters }, { used: true }));
  return deps;
}

/** Requests an array job of the service `echo`. */
export async function startArray(
  deps: Parameters<typeof submitArray>[0],
  over: SubmitArrayInput['over'],
  given: Partial<SubmitArrayInput> = {},
): Promise<Operation> {
  const { operation } = await submitArray(deps, {
    tenant: 'local',
    owner: 'key-1',
    template: { service: 'echo' },
    over,
    ...given,
  });
  return operation;
}

/** Stores an available data object with this content. Returns its ID. */
export async function storeData(
  { data, contents }: OperationDeps,
  text: string,
  given: Partial<DataObject> = {},
): Promise<string> {
  const bytes = Buffer.from(text);
  const object = availableData({ mediaType: 'application/x-ndjson', sizeBytes: bytes.length, ...given });
  await data.insert(object);
  contents.putBytes(contentKey(object), bytes);
  return object.id;
}

/** The tenant's jobs in the order of their IDs. */
export async function jobsOf({ jobs }: OperationDeps): Promise<readonly Job[]> {
  return (await jobs.list({ tenant: 'local', order: 'asc', limit: 10_000 })).jobs;
}

/** All refusals of an operation. */
export async function refusalsOf(
  deps: OperationDeps,
  { tenant, id }: Operation,
): Promise<readonly Refusal[]> {
  return (await listRefusals(deps, { key: { tenant, operationId: id }, limit: 10_000 })).refusals;
}
