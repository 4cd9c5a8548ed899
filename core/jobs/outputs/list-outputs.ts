import type { ShownOutput, ShownOutputs } from '../../contract/schemas/slot-schemas.ts';
import { countThatFit } from '../../paging/fit-on-page.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Job } from '../model/job.ts';
import { writerOf } from '../model/output-writer.ts';
import { type GetJobDeps, getJob } from '../queries/get-job.ts';
import { currentOutputs, type FilledSlot, type ReadOutputsDeps } from './current-outputs.ts';
import { outputSlots } from './output-slots.ts';

export interface ShowOutputsDeps extends ReadOutputsDeps {
  readonly services: ServiceReader;
}

export interface ListOutputsDeps extends ShowOutputsDeps, GetJobDeps {}

/** An output with its slot. */
export type SlotOutput = { readonly slot: string } & ShownOutput;

/** The outputs of a job by their slots; undefined, without a read, if it has none. */
export async function shownOutputs(deps: ShowOutputsDeps, job: Job): Promise<ShownOutputs | undefined> {
  if (writerOf(job).hasOutputs !== true) return undefined;
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
  if (writerOf(job).hasOutputs !== true) return [];
  return shownOf(job, await currentOutputs(deps, job, await outputSlots(deps, job)));
}

/** The outputs as they are shown, as many as fit in a response. */
export function shownOf(job: Job, filled: readonly FilledSlot[]): readonly SlotOutput[] {
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
