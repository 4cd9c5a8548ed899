import type { ShownOutput, ShownOutputs } from '../../contract/schemas/slot-schemas.ts';
import type { DataObject } from '../../data/model/data-object.ts';
import { countThatFit } from '../../paging/fit-on-page.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Job } from '../model/job.ts';
import { type GetJobDeps, getJob } from '../queries/get-job.ts';
import { currentOutputs, type FilledSlot, type ReadOutputsDeps } from './current-outputs.ts';
import { outputSlots, requireOutputSlot } from './output-slots.ts';

export interface ShowOutputsDeps extends ReadOutputsDeps {
  readonly services: ServiceReader;
}

export interface ListOutputsDeps extends ShowOutputsDeps, GetJobDeps {}

/** An output with its slot. */
export type SlotOutput = { readonly slot: string } & ShownOutput;

/** The outputs of a job by their slots; undefined, without a read, if it has none. */
export async function shownOutputs(deps: ShowOutputsDeps, job: Job): Promise<ShownOutputs | undefined> {
  if (job.hasOutputs !== true) return undefined;
  const shown = shownOf(job, await currentOutputs(deps, job, await outputSlots(deps, job)));
  if (shown.length === 0) return undefined;
  const slots = Map.groupBy(shown, ({ slot }) => slot);
  return Object.fromEntries(
    [...slots].map(([slot, outputs]) => [slot, outputs.map(({ slot: _, ...output }) => output)]),
  );
}

/** The outputs of a job, slot by slot. Throws `not-found` and `job-deleted`. */
export async function listOutputs(deps: ListOutputsDeps, key: JobKey): Promise<readonly SlotOutput[]> {
  const job = await getJob(deps, key);
  if (job.hasOutputs !== true) return [];
  return shownOf(job, await currentOutputs(deps, job, await outputSlots(deps, job)));
}

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

/** The outputs as they are shown, as many as fit in a response. */
function shownOf(job: Job, filled: readonly FilledSlot[]): readonly SlotOutput[] {
  const shown = filled.flatMap(({ slot, data }) =>
    data.map(({ id, name, mediaType, sizeBytes, status }) => ({
      slot,
      id,
      name,
      mediaType,
      ...omitUndefined({ sizeBytes }),
      complete: status === 'available' && job.status === 'succeeded',
    })),
  );
  return shown.slice(0, countThatFit(shown));
}
