import { parseOperationId } from '../contract/names.ts';
import { ProblemError } from '../contract/problems/problem-error.ts';
import { decodeCursor, encodeCursor } from '../paging/cursor.ts';
import type { OperationStore } from '../ports/operations/operation-store.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import type { Operation } from './model/operation.ts';

export interface ListOperationsInput {
  readonly tenant: string;
  readonly cursor?: string | undefined;
  /** 1..1000. */
  readonly limit: number;
}

export interface ListOperationsOutput {
  readonly operations: readonly Operation[];
  readonly nextCursor?: string;
}

/** A page of the tenant's operations, the newest first. Throws `bad-cursor`. */
export async function listOperations(
  { operations }: { readonly operations: Pick<OperationStore, 'list'> },
  { tenant, cursor, limit }: ListOperationsInput,
): Promise<ListOperationsOutput> {
  const identity = { list: 'operations', tenant };
  const after = cursor === undefined ? undefined : decodeCursor(identity, cursor);
  if (after !== undefined && parseOperationId(after) !== after)
    throw new ProblemError('bad-cursor', 'The cursor is damaged');
  const page = await operations.list({ tenant, limit, ...omitUndefined({ after }) });
  return {
    operations: page.operations,
    ...(page.next === undefined ? {} : { nextCursor: encodeCursor(identity, page.next) }),
  };
}
