import { maxElements } from '../../contract/schemas/operations/array-schemas.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { ContentReader } from '../../ports/operations/content-reader.ts';
import type { OperationStore } from '../../ports/operations/operation-store.ts';
import { asError } from '../../std/as-error.ts';
import { sourceKey } from '../elements/element-source.ts';
import { MalformedElementsError } from '../elements/element-splitter.ts';
import { splitElements } from '../elements/split-elements.ts';
import type { ElementSource, Operation } from '../model/operation.ts';
import { addMatched } from '../model/operation-steps.ts';
import { abortIfHopeless, abortItself, maxTries } from './abort-itself.ts';
import { commit } from './commit.ts';
import type { Step, TransientErrors } from './step.ts';

export interface CountElementsDeps extends TransientErrors {
  readonly contentReader: ContentReader;
  readonly operations: Pick<OperationStore, 'get' | 'replace'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** At least so much is read before the count is stored. */
const stepBytes = 8_388_608;
const readBytes = 2_097_152;

/** The elements of a part of the content. */
interface Count {
  readonly elements: number;
  /** The end of the last one. */
  readonly position: number;
  readonly isEnd: boolean;
}

/**
 * Counts the elements in the next part of the content. Aborts the operation, before it has created any job, if the content is no list
 * of elements, has too many, was deleted, or cannot be read for half an hour; if a service is busy, for 24 hours.
 */
export async function countElements(
  deps: CountElementsDeps,
  operation: Operation,
  source: ElementSource,
): Promise<Step> {
  const name = source.dataId === undefined ? 'The elements' : `The data object ${source.dataId}`;
  const unreadable = `${name} could not be read`;
  if (operation.tries > maxTries) return abortItself(deps, operation, unreadable);
  const count = await countPart(deps, operation, source).catch((error: unknown) => asError(error));
  if (count instanceof MalformedElementsError)
    return abortItself(deps, operation, `${name}: the content ${count.message}`);
  if (count instanceof Error) {
    deps.log.warn('operation-list-failed', { operationId: operation.id, error: count });
    const kind = deps.isTransient(count) ? 'busy' : 'failed';
    return abortIfHopeless(deps, operation, { kind, reason: unreadable });
  }
  if (count === undefined)
    return abortItself(deps, operation, `${name} was deleted before its elements were counted`);
  if (operation.matched + count.elements > maxElements)
    return abortItself(deps, operation, `${name} has more than ${maxElements} elements`);
  const written = await commit(deps, operation, (current) =>
    addMatched(current, deps.clock.now(), {
      jobs: count.elements,
      chunks: 0,
      matching: count.isEnd ? undefined : { after: String(count.position) },
    }),
  );
  return written === undefined ? { kind: 'superseded' } : { kind: 'continue', operation: written };
}

/** Ends at the end of an element. Undefined if the content does not exist. */
async function countPart(
  { contentReader }: CountElementsDeps,
  { tenant, id: operationId, matching }: Operation,
  source: ElementSource,
): Promise<Count | undefined> {
  const first = Number(matching?.after ?? 0);
  const splitter = splitElements(source.format, first);
  let [elements, position] = [0, first];
  for (let start = first; start < source.sizeBytes; start += readBytes) {
    const end = Math.min(start + readBytes, source.sizeBytes);
    const bytes = await contentReader.read(sourceKey({ tenant, operationId }, source), { start, end });
    if (bytes === undefined) return undefined;
    const found = splitter.push(bytes);
    elements += found.length;
    position = found.at(-1)?.end ?? position;
    if (elements > maxElements) return { elements, position, isEnd: true };
    if (elements > 0 && end - first >= stepBytes && end < source.sizeBytes)
      return { elements, position, isEnd: false };
  }
  return { elements: elements + splitter.finish().length, position, isEnd: true };
}
