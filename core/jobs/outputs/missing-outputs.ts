import type { SlotDefinitions } from '../../contract/schemas/slot-schemas.ts';
import type { Job } from '../model/job.ts';
import { currentSlot, type ReadOutputsDeps, writtenData } from './current-outputs.ts';

/**
 * The required output slots without available content of the current attempt; a service without such slots costs no read.
 */
export async function missingOutputs(
  deps: ReadOutputsDeps,
  job: Job,
  slots: SlotDefinitions = {},
): Promise<readonly string[]> {
  const missing = new Set(
    Object.entries(slots).flatMap(([slot, { required = true }]) => (required ? [slot] : [])),
  );
  if (missing.size === 0) return [];
  for await (const written of writtenData(deps, job)) {
    for (const data of written) {
      const slot = data.status === 'available' ? currentSlot(job, data) : undefined;
      if (slot !== undefined) missing.delete(slot);
    }
    if (missing.size === 0) break;
  }
  return [...missing];
}
