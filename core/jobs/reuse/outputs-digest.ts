import type { SlotDefinitions } from '../../contract/schemas/slot-schemas.ts';
import { digest } from '../../std/digest.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Job } from '../model/job.ts';
import { currentOutputs, type ReadOutputsDeps } from '../outputs/current-outputs.ts';

/**
 * The member `outputsDigest` of a reusable result: it changes as soon as one of the outputs is deleted or marked for deletion.
 * Absent, without a read, for a job without outputs.
 */
export async function outputsMember(
  deps: ReadOutputsDeps,
  job: Job,
  slots: SlotDefinitions | undefined,
): Promise<{ readonly outputsDigest?: string }> {
  const filled = await currentOutputs(deps, job, slots);
  const usable = filled.flatMap(({ slot, data }) =>
    data.flatMap(({ id, status, deletion }) =>
      status === 'available' && deletion === undefined ? [`${slot}/${id}`] : [],
    ),
  );
  return omitUndefined({ outputsDigest: usable.length === 0 ? undefined : digest(usable.join('\n')) });
}
