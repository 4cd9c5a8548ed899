import type { Job } from '../../jobs/model/job.ts';
import type { OperationStore } from '../../ports/operations/operation-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Operation } from '../model/operation.ts';

export interface ChangedJobsDeps {
  readonly operations: Pick<OperationStore, 'getChunk' | 'putChunk'>;
}

/** Number of IDs in a chunk: 18 KB. */
export const idsPerChunk = 500;

/** The clocks of two processes differ by less than this, in milliseconds. */
const maxClockDifferenceMs = 60_000;

/** The numbers of the chunks whose jobs do not belong to the operation yet start here. */
const firstChangedChunk = 1_000_000_000;

/** The number of IDs that are compared at a time, which fit into the memory of the function. */
const maxCompared = 50_000;

/** The number of chunks that are read in one step, of either kind, so that a step takes a few seconds. */
const chunksPerStep = 1000;

const parallelReads = 10;

/**
 * Whether the list of an operation is in the order of names or of numbers in the metadata (see `JobPage`). Such a list returns a job
 * again if its name or its number changes between two pages. IDs do not change.
 */
export function mayRepeatJobs({ selection }: Operation): boolean {
  if (selection.kind !== 'filter') return false;
  const { ids, parentId, tag, metadata = [], statuses = [], services = [], namePrefix } = selection.filter;
  if (ids !== undefined || parentId !== undefined || tag !== undefined) return false;
  if (metadata.length > 0) return metadata.every(({ kind }) => kind === 'range');
  const isByState = statuses.length > 0 && !statuses.includes('succeeded');
  return namePrefix !== undefined && services.length === 0 && !isByState;
}

/**
 * Whether a job may have been in the list before at another place: it was written since the operation was requested. Every other job
 * has not moved, so it is in the list once.
 */
export function mayHaveMoved(operation: Operation, { updatedAt }: Job): boolean {
  return updatedAt >= operation.createdAt - maxClockDifferenceMs;
}

/** Stores the IDs of changed jobs apart, until the list is complete. */
export function putChangedJobs(
  { operations }: ChangedJobsDeps,
  operation: Operation,
  changed: { readonly number: number; readonly jobIds: readonly string[] },
): ReturnType<OperationStore['putChunk']> {
  const { lease, expiresAt } = operation;
  const number = firstChangedChunk + changed.number;
  return operations.putChunk(keyOf(operation), { ...changed, number, lease, expiresAt });
}

/** The state of the comparison after one step. */
export interface Compared {
  readonly to: number;
  /** The number of chunks of the operation with which all IDs from `from` to `to` were compared. */
  readonly scanned: number;
  /** IDs that the operation did not have; present if they were compared with all of its chunks. */
  readonly newIds?: readonly string[];
}

/**
 * Compares the IDs of some changed jobs with a part of the chunks of the operation, so that each job belongs to it once. The memory
 * is bounded, and reads grow with the number of jobs: each chunk is read once for 50,000 changed jobs. Between two steps, the IDs that
 * were not found are stored in place of all of them. Returns `superseded` if another process has taken the operation over.
 */
export async function compareChangedJobs(
  deps: ChangedJobsDeps,
  operation: Operation,
  { from, to, scanned }: NonNullable<NonNullable<Operation['matching']>['comparison']>,
): Promise<Compared | 'superseded'> {
  const groups = await readChanged(deps, operation, { from, to });
  const left = new Set(groups.flatMap(({ jobIds }) => jobIds));
  const end = Math.min(scanned + chunksPerStep, operation.chunks);
  const numbers = Array.from({ length: end - scanned }, (_, index) => scanned + index);
  await inParallel(numbers, parallelReads, async (number) => {
    for (const id of (await deps.operations.getChunk(keyOf(operation), number)) ?? []) left.delete(id);
  });
  const state = { to: from + groups.length, scanned: end };
  if (end === operation.chunks) return { ...state, newIds: [...left] };
  for (const { number, jobIds } of groups) {
    const kept = jobIds.filter((id) => left.delete(id));
    if (kept.length === jobIds.length) continue;
    if ((await putChangedJobs(deps, operation, { number, jobIds: kept })) === 'superseded')
      return 'superseded';
  }
  return state;
}

/** The chunks of changed jobs from a number on: up to `to`, or as many as are compared at a time. */
async function readChanged(
  { operations }: ChangedJobsDeps,
  operation: Operation,
  { from, to }: { readonly from: number; readonly to: number | undefined },
) {
  const { changed = 0 } = operation.matching ?? {};
  const groups: { readonly number: number; readonly jobIds: readonly string[] }[] = [];
  let count = 0;
  for (let number = from; number < (to ?? Math.min(changed, from + chunksPerStep)); number += 1) {
    if (to === undefined && count >= maxCompared) break;
    const jobIds = (await operations.getChunk(keyOf(operation), firstChangedChunk + number)) ?? [];
    groups.push({ number, jobIds });
    count += jobIds.length;
  }
  return groups;
}

function keyOf({ tenant, id: operationId }: Operation) {
  return { tenant, operationId };
}
