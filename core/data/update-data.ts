import { ProblemError } from '../contract/problems/problem-error.ts';
import type { DataKey, DataStore } from '../ports/data/data-store.ts';
import type { DataObject } from './model/data-object.ts';

/** The decision about a data object: what to write if something changes, and the result for the caller. */
export interface DataDecision<Result> {
  readonly next?: DataObject;
  readonly result: Result;
}

const maxTries = 10;

/**
 * Reads a data object, decides, and writes on condition that it was not modified in between; after a conflict it reads and decides
 * again. Throws `unavailable` after ten conflicts, which requires constant writes by others.
 */
export async function updateData<Result>(
  data: Pick<DataStore, 'get' | 'replace'>,
  key: DataKey,
  decide: (current: DataObject | undefined) => DataDecision<Result> | Promise<DataDecision<Result>>,
): Promise<Result> {
  for (let tried = 0; tried < maxTries; tried += 1) {
    const current = await data.get(key);
    const { next, result } = await decide(current);
    if (current === undefined || next === undefined) return result;
    if ((await data.replace(next, current.version, current)) === 'replaced') return result;
  }
  throw new ProblemError(
    'unavailable',
    `The data object ${key.dataId} is being modified by other requests; try again`,
  );
}

/** The next version of a data object with changes. Its time never goes backwards. */
export function nextVersion(current: DataObject, now: number, change: Partial<DataObject>): DataObject {
  return { ...current, ...change, updatedAt: Math.max(now, current.updatedAt), version: current.version + 1 };
}
