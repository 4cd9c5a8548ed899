import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { completeOutput } from '../../../core/jobs/worker/complete-output.ts';
import { createOutput } from '../../../core/jobs/worker/create-output.ts';
import { getWorkerInputs } from '../../../core/jobs/worker/get-worker-inputs.ts';
import { listOutputParts } from '../../../core/jobs/worker/list-output-parts.ts';
import type { WorkerCaller } from '../../../core/jobs/worker/worker-access.ts';
import { aService } from '../../support/jobs/test-deps.ts';
import { type Process, retried } from '../process.ts';
import { contentOf, partOf, putPart, putWhole } from './simulated-upload.ts';

const slots = {
  inputs: { in: { required: false, collection: true } },
  outputs: { out: { required: false, collection: true } },
};

/** Services with slots, on Lambda and on AWS Batch. */
export const slotServices = [
  aService({ ...slots, heartbeatSeconds: 20 }, { name: 'press' }),
  aService(
    { ...slots, heartbeatSeconds: 60, dispatcher: { kind: 'batch', jobDefinition: 'errand-job-mill' } },
    { name: 'mill' },
  ),
];

export function hasSlots(serviceName: string): boolean {
  return slotServices.some(({ name }) => name === serviceName);
}

/** The worker of an attempt reads its inputs and writes outputs. False once a response says that the attempt is not its own any more. */
export async function useSlots(process: Process, caller: WorkerCaller): Promise<boolean> {
  try {
    await readInputs(process, caller);
    for (let left = process.random.whole(0, 2); left > 0; left -= 1) await writeOutput(process, caller);
    return true;
  } catch (error) {
    return whichRefused(error) === 'refused';
  }
}

/** A job that has an attempt can read the content of its inputs. */
async function readInputs(process: Process, caller: WorkerCaller): Promise<void> {
  const read = () => retried(process, () => getWorkerInputs(process.ports(), caller));
  const inputs = (await read())?.['in'] ?? [];
  for (const { id, url } of inputs) {
    const response = await retried(process, () => process.fetch(url, {}));
    if (response === undefined) continue;
    const text = await response.text();
    if (response.status === 200 && text === Buffer.from(contentOf(id)).toString()) continue;
    // The attempt may have ended, and with it the use of the input.
    if ((await read()) !== undefined)
      throw new Error(`${id}: its content is missing for ${caller.key.jobId}: ${response.status} ${text}`);
  }
}

/** Writes an output, whose upload is sometimes abandoned, and completed once or twice. */
async function writeOutput(process: Process, caller: WorkerCaller): Promise<void> {
  const { random, ledger } = process;
  const isSingle = random.happens(0.7);
  const output = { name: 'out.txt', mediaType: 'text/plain', ...(isSingle ? { sizeBytes: 36 } : {}) };
  const slotUrl = 'https://errand.invalid/outputs/out';
  const created = await retried(process, () =>
    createOutput(process.ports(), { caller, slot: 'out', slotUrl, output }),
  );
  if (created === undefined) return;
  const { id: dataId, upload } = created;
  ledger.created.add(dataId);
  if (random.happens(0.1)) return;
  const isWhole = 'url' in upload;
  if (isWhole) await putWhole(process, dataId, upload);
  const parts = isWhole ? [] : await putParts(process, caller, dataId);
  if (parts === undefined || random.happens(0.1)) return;
  const completion = isWhole ? {} : { parts };
  const complete = () =>
    retried(process, () =>
      completeOutput(process.ports(), { caller, output: { slot: 'out', dataId }, completion }),
    ).catch(whichRefused);
  const completions = await Promise.all(Array.from({ length: random.whole(1, 2) }, complete));
  for (const completed of completions) {
    if (completed === 'stale') throw new ProblemError('stale-attempt', 'The attempt is over');
    if (completed === undefined || completed === 'refused') continue;
    ledger.completed.add(dataId);
    process.knownData.push(dataId);
  }
}

/** `stale`: the attempt is over, and its job may be deleted. `refused`: the output was not uploaded, or was deleted meanwhile. */
function whichRefused(error: unknown): 'stale' | 'refused' {
  if (!(error instanceof ProblemError)) throw error;
  if (['stale-attempt', 'unauthenticated'].includes(error.slug)) return 'stale';
  if (['data-deleted', 'data-not-available', 'upload-incomplete'].includes(error.slug)) return 'refused';
  throw error;
}

/** The parts of the content; undefined if one of them was not uploaded. */
async function putParts(process: Process, caller: WorkerCaller, dataId: string) {
  const parts: { number: number; etag: string }[] = [];
  for (const number of [1, 2]) {
    const input = { caller, output: { slot: 'out', dataId }, from: number, limit: 1 };
    const page = await retried(process, () => listOutputParts(process.ports(), input));
    const url = page?.parts[0]?.url;
    const etag = url && (await putPart(process, url, partOf(dataId, number)));
    if (etag === undefined) return undefined;
    parts.push({ number, etag });
  }
  return parts;
}
