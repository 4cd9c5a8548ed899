import type { ContentReader } from '../../ports/operations/content-reader.ts';
import type { OperationStore } from '../../ports/operations/operation-store.ts';
import { sharedReads } from '../../services/shared-reads.ts';
import { asError } from '../../std/as-error.ts';
import { deletedSource, sourceKey } from '../elements/element-source.ts';
import { type FoundElement, readElements } from '../elements/read-elements.ts';
import { sliceChecks } from '../elements/slice-checks.ts';
import { hasElementJob, submitElement } from '../elements/submit-element.ts';
import {
  type ElementSource,
  type JobWork,
  type Operation,
  type RefusedItem,
  type SubmitWork,
  treatedJobs,
} from '../model/operation.ts';
import { type ApplyWorkDeps, applyWork } from './apply-work.ts';
import type { TransientErrors } from './step.ts';

export type ReadSliceDeps = ApplyWorkDeps &
  TransientErrors & {
    readonly operations: Pick<OperationStore, 'getChunk'>;
    readonly contentReader: ContentReader;
  };

/** A job or an element, and what the operation does with it: it can be repeated without another effect. */
export interface SliceItem {
  readonly subject: RefusedItem;
  /** Throws the problems of the action. */
  act(): Promise<void>;
}

/** The next jobs or elements of an operation. */
export interface Slice {
  readonly items: readonly SliceItem[];
  /** The cursor behind the first `count` items. */
  cursorAfter(count: number): Operation['cursor'];
}

/**
 * Reads at most `size` jobs or elements. `end`: there are no more; `lost`: they have expired; `busy` and `unreadable`: they cannot be
 * read at the moment, because a service is busy or for another reason.
 */
export async function readSlice(
  deps: ReadSliceDeps,
  operation: Operation,
  size: number,
): Promise<Slice | 'end' | 'lost' | 'busy' | 'unreadable'> {
  const { work, selection } = operation;
  if (work.action !== 'submit') return readJobs(deps, operation, { size, work });
  if (selection.kind !== 'elements') return 'lost';
  if (treatedJobs(operation) >= operation.matched) return 'end';
  try {
    return await readElementSlice(deps, operation, { size, work, source: selection.source });
  } catch (error) {
    deps.log.warn('operation-list-failed', { operationId: operation.id, error: asError(error) });
    return deps.isTransient(error) ? 'busy' : 'unreadable';
  }
}

async function readJobs(
  deps: ReadSliceDeps,
  operation: Operation,
  { size, work }: { readonly size: number; readonly work: JobWork },
): Promise<Slice | 'end' | 'lost'> {
  const { tenant, id: operationId, cursor, chunks } = operation;
  if (cursor.chunk >= chunks) return 'end';
  const chunk = await deps.operations.getChunk({ tenant, operationId }, cursor.chunk);
  if (chunk === undefined) return 'lost';
  const checksOf = sliceChecks();
  return {
    items: chunk.slice(cursor.offset, cursor.offset + size).map((jobId, position) => ({
      subject: { jobId },
      act: () => applyWork({ ...deps, checks: checksOf(position) }, operation, { jobId, work }),
    })),
    cursorAfter(count) {
      const offset = cursor.offset + count;
      return offset < chunk.length ? { ...cursor, offset } : { chunk: cursor.chunk + 1, offset: 0 };
    },
  };
}

interface ElementSliceInput {
  readonly size: number;
  readonly work: SubmitWork;
  readonly source: ElementSource;
}

async function readElementSlice(
  deps: ReadSliceDeps,
  operation: Operation,
  { size, work: { template }, source }: ElementSliceInput,
): Promise<Slice | 'lost'> {
  const { tenant, id: operationId, cursor, matched } = operation;
  const index = treatedJobs(operation);
  const count = Math.min(size, matched - index);
  const elements = await readElements(deps, {
    key: sourceKey({ tenant, operationId }, source),
    source,
    position: cursor.offset,
    index,
    count,
    expectedBytes: (1.5 * count * source.sizeBytes) / matched,
  });
  if (elements === undefined && source.dataId !== undefined)
    return deletedElements(deps, operation, { index, count, source });
  if (elements === undefined || elements.length === 0) return 'lost';
  const shared = { ...deps, services: sharedReads(deps.services) };
  const checksOf = sliceChecks();
  return {
    items: elements.map((element, position) => ({
      subject: { index: element.index },
      act: () => submitElement({ ...shared, checks: checksOf(position) }, operation, { template, element }),
    })),
    cursorAfter: (counted) => ({ ...cursor, offset: endOf(elements, counted) ?? cursor.offset }),
  };
}

function endOf(elements: readonly FoundElement[], counted: number): number | undefined {
  return counted === 0 ? undefined : elements[counted - 1]?.end;
}

/**
 * The elements of a data object that was deleted: each is refused, so that the list of refusals is complete, unless an interrupted
 * process has created its job.
 */
function deletedElements(
  deps: ReadSliceDeps,
  operation: Operation,
  {
    index,
    count,
    source,
  }: { readonly index: number; readonly count: number; readonly source: ElementSource },
): Slice {
  return {
    items: Array.from({ length: count }, (_, position) => ({
      subject: { index: index + position },
      async act() {
        if (await hasElementJob(deps, operation, index + position)) return;
        throw deletedSource(source);
      },
    })),
    cursorAfter: () => operation.cursor,
  };
}
