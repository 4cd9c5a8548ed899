import type { ObjectStore } from '../../ports/object-store.ts';
import type { InputIds, Job, JobInput, JobInputs } from '../model/job.ts';
import { readJson, storeJson } from './stored-json.ts';

/** The data objects that a job uses as inputs. */
export async function readInputs(
  deps: { readonly objects: Pick<ObjectStore, 'get'> },
  { inputs }: Pick<Job, 'inputs'>,
): Promise<JobInputs> {
  if (inputs === undefined) return {};
  return JSON.parse(await readJson(deps.objects, inputs)) as JobInputs; // we stored JSON text
}

/** The member `inputs` of a job; stores a large value. Absent if the job uses no data objects. */
export async function inputsMember(
  deps: { readonly objects: ObjectStore },
  { tenant, id: jobId }: Pick<Job, 'tenant' | 'id'>,
  inputs: JobInputs | undefined,
): Promise<Pick<Job, 'inputs'>> {
  if (inputs === undefined || Object.keys(inputs).length === 0) return {};
  return { inputs: await storeJson(deps.objects, { tenant, jobId, role: 'inputs' }, JSON.stringify(inputs)) };
}

/** The IDs of inputs by their slots. */
export function idsOf(inputs: JobInputs): InputIds {
  return mapSlots(inputs, (slot: readonly JobInput[]) => slot.map(({ id }) => id));
}

/** The IDs in all slots; each is listed once. */
export function distinctIds(ids: InputIds): readonly string[] {
  return [...new Set(Object.values(ids).flat())];
}

/** The same slots with other contents. */
export function mapSlots<From, To>(
  slots: Readonly<Record<string, From>>,
  map: (content: From, slot: string) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(slots).map(([slot, content]) => [slot, map(content, slot)]));
}
