import { ProblemError } from '../contract/problems/problem-error.ts';
import { decodeCursor, encodeCursor } from '../paging/cursor.ts';
import type { OperationKey, OperationStore, RefusalPage } from '../ports/operations/operation-store.ts';
import { getOperation } from './get-operation.ts';
import { type Refusal, treatedJobs } from './model/operation.ts';

export interface ListRefusalsInput {
  readonly key: OperationKey;
  readonly cursor?: string | undefined;
  /** 1..1000. */
  readonly limit: number;
}

export interface ListRefusalsOutput {
  readonly refusals: readonly Refusal[];
  readonly nextCursor?: string;
}

/** A stored page: the number of jobs before it, and the index of a refusal in it. */
interface Position {
  readonly page: number;
  readonly index: number;
}

const positionPattern = /^(\d{1,10}):(\d{1,4})$/;

/** Number of stored pages that are read together. */
const pagesPerRead = 50;

/**
 * A page of the jobs that an operation refused or failed to treat, in the order in which they were treated. While the operation
 * runs, more may follow. Throws `not-found` and `bad-cursor`.
 */
export async function listRefusals(
  deps: { readonly operations: Pick<OperationStore, 'get' | 'listRefusals'> },
  { key, cursor, limit }: ListRefusalsInput,
): Promise<ListRefusalsOutput> {
  const identity = { list: 'refusals', ...key };
  let position = cursor === undefined ? { page: 0, index: 0 } : parsePosition(decodeCursor(identity, cursor));
  const operation = await getOperation(deps, key);
  // A page of jobs that are not counted yet may be replaced.
  const end = treatedJobs(operation);
  const refusals: Refusal[] = [];
  for (;;) {
    const pages = await deps.operations.listRefusals(key, position.page, pagesPerRead);
    for (const page of pages.filter((one) => one.position < end)) {
      const first = page.position === position.page ? position.index : 0;
      const taken = page.refusals.slice(first, first + limit - refusals.length);
      refusals.push(...taken);
      position = positionAfter(page, first + taken.length);
      if (refusals.length === limit)
        return { refusals, nextCursor: encodeCursor(identity, `${position.page}:${position.index}`) };
    }
    if (pages.length < pagesPerRead) return { refusals };
  }
}

function positionAfter(page: RefusalPage, index: number): Position {
  return index < page.refusals.length
    ? { page: page.position, index }
    : { page: page.position + 1, index: 0 };
}

function parsePosition(text: string): Position {
  const [, page, index] = positionPattern.exec(text) ?? [];
  if (page === undefined) throw new ProblemError('bad-cursor', 'The cursor is damaged');
  return { page: Number(page), index: Number(index) };
}
