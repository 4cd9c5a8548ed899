import type { SlotDefinitions } from '../../../../core/contract/schemas/slot-schemas.ts';
import type { OutputCompletion, OutputRequest } from '../../../../core/contract/schemas/worker-schemas.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { shownOutputs } from '../../../../core/jobs/outputs/list-outputs.ts';
import { completeOutput } from '../../../../core/jobs/worker/complete-output.ts';
import { createOutput } from '../../../../core/jobs/worker/create-output.ts';
import { worker, workerWorld } from '../worker/worker-world.ts';

const outputs: SlotDefinitions = {
  plot: { mediaTypes: ['image/*'] },
  extras: { required: false, collection: true },
};

export const slotUrl = 'https://errand.invalid/outputs/plot';

const content = Buffer.from('content');

/** A job that runs, with output slots, and its worker, which writes outputs. */
export async function outputWorld(job?: Job) {
  const world = await workerWorld(job, { outputs });
  const { deps } = world;
  const create = (slot: string, output: Partial<OutputRequest> = {}, ports = deps) =>
    createOutput(ports, {
      caller: worker,
      slot,
      slotUrl,
      output: { name: `${slot}-file`, mediaType: 'image/png', sizeBytes: content.length, ...output },
    });
  const complete = (slot: string, dataId: string, completion: OutputCompletion = {}) =>
    completeOutput(deps, { caller: worker, output: { slot, dataId }, completion });
  const put = async ({ upload }: Awaited<ReturnType<typeof create>>) => {
    if (!('url' in upload)) throw new Error('The output is not uploaded with one PUT');
    const { url, headers, method } = upload;
    return deps.contents.fetch(url, { method, headers, body: content });
  };
  /** Writes a whole output and returns its ID. */
  const write = async (slot: string, output: Partial<OutputRequest> = {}) => {
    const created = await create(slot, output);
    await put(created);
    await complete(slot, created.id);
    return created.id;
  };
  const shown = async () => shownOutputs(deps, await world.stored());
  const object = (dataId: string) => deps.data.get({ tenant: 'local', dataId });
  return { ...world, create, complete, put, write, shown, object };
}
