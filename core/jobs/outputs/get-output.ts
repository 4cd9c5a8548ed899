import type { DataObject } from '../../data/model/data-object.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { getJob } from '../queries/get-job.ts';
import { currentOutputs } from './current-outputs.ts';
import { type ListOutputsDeps, type SlotOutput, shownOf } from './list-outputs.ts';
import { outputSlots, requireOutputSlot } from './output-slots.ts';

/** The content of a slot: one available data object, or a list. */
export type SlotContent =
  | { readonly kind: 'content'; readonly data: DataObject }
  | { readonly kind: 'list'; readonly outputs: readonly SlotOutput[] };

/** The outputs of a job in one slot. Throws `not-found`, `job-deleted` and `slot-not-found`. */
export async function getOutput(deps: ListOutputsDeps, key: JobKey, slot: string): Promise<SlotContent> {
  const job = await getJob(deps, key);
  const slots = await outputSlots(deps, job);
  requireOutputSlot(slots, slot);
  const filled = (await currentOutputs(deps, job, slots)).filter((found) => found.slot === slot);
  const [data, ...others] = filled.flatMap((found) => found.data);
  if (data?.status === 'available' && others.length === 0) return { kind: 'content', data };
  return { kind: 'list', outputs: shownOf(job, filled) };
}
