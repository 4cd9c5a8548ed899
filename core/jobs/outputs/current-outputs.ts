import type { SlotDefinition, SlotDefinitions } from '../../contract/schemas/slot-schemas.ts';
import type { DataObject } from '../../data/model/data-object.ts';
import type { DataStore } from '../../ports/data/data-store.ts';
import type { Job } from '../model/job.ts';
import { type OutputWriter, writerOf } from '../model/output-writer.ts';

export interface ReadOutputsDeps {
  readonly data: Pick<DataStore, 'list'>;
}

const pageSize = 1000;

/** How many data objects are read to find the outputs. */
const maxRead = 1000;

/** The data objects that a job wrote, in all of its attempts, the newest first, page by page; strongly consistent. */
export async function* writtenData(
  { data }: ReadOutputsDeps,
  { tenant, id: jobId, hasOutputs }: OutputWriter,
): AsyncGenerator<readonly DataObject[], void> {
  if (hasOutputs !== true) return;
  let after: string | undefined;
  do {
    const page = await data.list({
      tenant,
      jobId,
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    if (page.data.length > 0) yield page.data;
    after = page.next;
  } while (after !== undefined);
}

/** The slot of a data object that the current attempt of a job wrote; undefined for all other objects. */
export function currentSlot(job: OutputWriter, { origin, deletion }: DataObject): string | undefined {
  if (origin.kind !== 'job' || origin.jobId !== job.id || origin.attempt !== job.attempt) return undefined;
  return deletion?.accepted === true ? undefined : origin.slot;
}

/** An output slot with its data objects; more than one only in a collection. */
export interface FilledSlot {
  readonly slot: string;
  readonly data: readonly DataObject[];
}

/**
 * The outputs of a job: of the objects that its current attempt wrote, or that of the job whose result it reuses, the newest in each slot, and in a collection the newest
 * with each name, in the order of their creation. Available content precedes content that is still being uploaded. Only the newest
 * 1,000 objects of the job are read.
 */
export async function currentOutputs(
  deps: ReadOutputsDeps,
  job: Job,
  slots: SlotDefinitions = {},
): Promise<readonly FilledSlot[]> {
  const newest: DataObject[] = [];
  const writer = writerOf(job);
  for await (const page of writtenData(deps, writer)) {
    newest.push(...page);
    if (newest.length >= maxRead) break;
  }
  return Object.entries(slots).flatMap(([slot, definition]) => {
    const written = newest.filter((data) => currentSlot(writer, data) === slot && data.status !== 'failed');
    const data = shownInSlot(written, definition);
    return data.length === 0 ? [] : [{ slot, data }];
  });
}

function shownInSlot(
  newestFirst: readonly DataObject[],
  { collection = false }: SlotDefinition,
): readonly DataObject[] {
  const isAvailable = ({ status }: DataObject) => status === 'available';
  const preferred = [...newestFirst.filter(isAvailable), ...newestFirst.filter((data) => !isAvailable(data))];
  if (!collection) return preferred.slice(0, 1);
  const byName = new Map<string, DataObject>();
  for (const data of preferred) if (!byName.has(data.name)) byName.set(data.name, data);
  return [...byName.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
}
