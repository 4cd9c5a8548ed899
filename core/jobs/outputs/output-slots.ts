import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { SlotDefinition, SlotDefinitions } from '../../contract/schemas/slot-schemas.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import type { Job } from '../model/job.ts';
import { readServiceOf } from '../records/accepted-definition.ts';

/** The output slots of the service of a job. */
export async function outputSlots(
  deps: { readonly services: ServiceReader },
  job: Job,
): Promise<SlotDefinitions> {
  const service = job.service && (await readServiceOf(deps.services, job));
  return service?.definition.outputs ?? {};
}

/** Returns the definition of an output slot. Throws `slot-not-found` if the service does not declare it. */
export function requireOutputSlot(slots: SlotDefinitions, slot: string): SlotDefinition {
  const definition = Object.hasOwn(slots, slot) ? slots[slot] : undefined;
  if (definition !== undefined) return definition;
  const names = Object.keys(slots).join(', ');
  const detail =
    names === ''
      ? 'The service has no output slots'
      : `"${slot.slice(0, 100)}" is not an output slot of the service, which has ${names}`;
  throw new ProblemError('slot-not-found', detail);
}
