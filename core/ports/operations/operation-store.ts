import type { Operation, Refusal } from '../../operations/model/operation.ts';

export interface OperationKey {
  readonly tenant: string;
  readonly operationId: string;
}

/** A part of an operation, written by the process with this lease. It expires together with the operation. */
interface OperationPart {
  readonly lease: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The IDs of some of the matched jobs, at most 1,000, in the order in which they are treated. */
export interface JobIdChunk extends OperationPart {
  /** From 0. */
  readonly number: number;
  readonly jobIds: readonly string[];
}

/** The refusals of the jobs that were treated together, starting with the job at this position. */
export interface RefusalPage extends OperationPart {
  /** The number of jobs before the first one. */
  readonly position: number;
  readonly refusals: readonly Refusal[];
}

/** `superseded`: a process with a higher lease has stored this part, so the caller is no longer the valid one. */
export type PartResult = 'stored' | 'superseded';

export interface OperationListQuery {
  readonly tenant: string;
  /** The `next` of the previous page. */
  readonly after?: string;
  readonly limit: number;
}

export interface OperationPage {
  /** The newest first. */
  readonly operations: readonly Operation[];
  /** Position of the next page; absent at the end. */
  readonly next?: string;
}

/** Stores operations, the IDs of their jobs, and their refusals. Conflicts are return values, not errors. */
export interface OperationStore {
  /** `exists` if the id is already in use. */
  insert(operation: Operation): Promise<'inserted' | 'exists'>;
  /** Strongly consistent. */
  get(key: OperationKey): Promise<Operation | undefined>;
  /** Writes the operation if the stored one still has `expectedVersion`. */
  replace(operation: Operation, expectedVersion: number): Promise<'replaced' | 'conflict'>;
  list(query: OperationListQuery): Promise<OperationPage>;
  /** The number of the tenant's running operations, at most `limit`; those of the last second may be missing. */
  countRunning(tenant: string, limit: number): Promise<number>;
  /** Operations whose `nextCheckAt` is at or before `now` (epoch milliseconds), at most `limit`, the earliest first. */
  listDue(now: number, limit: number): Promise<readonly OperationKey[]>;
  /** Stores a chunk, unless one of a higher lease is stored under its number. */
  putChunk(key: OperationKey, chunk: JobIdChunk): Promise<PartResult>;
  /** The IDs in a chunk; undefined if it does not exist. Strongly consistent. */
  getChunk(key: OperationKey, number: number): Promise<readonly string[] | undefined>;
  /** Stores a page, which may be empty, unless one of a higher lease is stored under its position. */
  putRefusals(key: OperationKey, page: RefusalPage): Promise<PartResult>;
  /** The pages with positions from `from`, in their order, at most `limit`; fewer only at the end. Strongly consistent. */
  listRefusals(key: OperationKey, from: number, limit: number): Promise<readonly RefusalPage[]>;
}
