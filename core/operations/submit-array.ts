import { isInMediaRanges } from '../contract/media-type.ts';
import { parseDataId } from '../contract/names.ts';
import { violationsError } from '../contract/problems/problem-error.ts';
import type { Submission } from '../contract/schemas/submission-schemas.ts';
import type { DataObject } from '../data/model/data-object.ts';
import type { DataStore } from '../ports/data/data-store.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import {
  type CreateOperationDeps,
  createOperation,
  maxChangesBytes,
  type OperationRequester,
  type StartedOperation,
} from './create-operation.ts';
import { elementsKey } from './elements/element-source.ts';
import type { ElementSource } from './model/operation.ts';

export interface SubmitArrayDeps extends CreateOperationDeps {
  readonly data: Pick<DataStore, 'getMany'>;
  readonly objects: Pick<ObjectStore, 'put'>;
}

export interface SubmitArrayInput extends OperationRequester {
  readonly template: Submission;
  /** The elements as they were sent, or the data object that contains them. */
  readonly over: readonly unknown[] | { readonly dataId: string };
}

/** Maximum size of a data object with elements; documented in docs/guides/many-jobs.md. */
const maxDataBytes = 100 * 1_048_576;

const lineTypes = [
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
];
const arrayType = 'application/json';

/**
 * Creates an operation that submits one job for each element in the background, or returns the operation of an earlier request with
 * the same idempotency key. Throws `invalid-request` for a template that is too large, `invalid-inputs` for a data object that
 * contains no elements, and the problems of `createOperation`.
 */
export function submitArray(
  deps: SubmitArrayDeps,
  { template, over, ...requester }: SubmitArrayInput,
): Promise<StartedOperation> {
  checkSize(template);
  return createOperation(deps, requester, async (operationId) => {
    const owner = { tenant: requester.tenant, operationId };
    const source =
      'dataId' in over ? await sourceOf(deps, owner.tenant, over) : await store(deps, owner, over);
    return {
      work: { action: 'submit', template },
      selection: { kind: 'elements', source },
      matching: {},
      chunks: 0,
      matched: 0,
    };
  });
}

function checkSize(template: Submission): void {
  const sizeBytes = Buffer.byteLength(JSON.stringify(template));
  if (sizeBytes <= maxChangesBytes) return;
  const detail = `must be at most ${maxChangesBytes} bytes of JSON, not ${sizeBytes}; put larger values into the elements or into a data object`;
  throw violationsError('invalid-request', [{ pointer: '/template', detail, keyword: 'maxLength' }]);
}

/** A repeated request stores the same elements again. */
async function store(
  { objects }: SubmitArrayDeps,
  owner: { readonly tenant: string; readonly operationId: string },
  elements: readonly unknown[],
): Promise<ElementSource> {
  const lines = elements.map((element) => JSON.stringify(element)).join('\n');
  await objects.put(elementsKey(owner), lines);
  return { format: 'lines', sizeBytes: Buffer.byteLength(lines) };
}

async function sourceOf(
  { data }: SubmitArrayDeps,
  tenant: string,
  over: { readonly dataId: string },
): Promise<ElementSource> {
  const dataId = parseDataId(over.dataId) ?? over.dataId;
  const [found] = await data.getMany(tenant, [dataId]);
  if (found === undefined || found.deletion !== undefined)
    throw violation(`names the data object ${dataId}, which does not exist`, 'exists');
  const { sizeBytes, status } = found;
  if (status !== 'available' || sizeBytes === undefined)
    throw violation(`names the data object ${dataId}, whose upload is not complete`, 'available');
  if (sizeBytes > maxDataBytes)
    throw violation(`names a data object of ${sizeBytes} bytes; the maximum is ${maxDataBytes}`, 'maxLength');
  return { format: formatOf(found), sizeBytes, dataId };
}

function formatOf({ id, mediaType }: DataObject): ElementSource['format'] {
  if (isInMediaRanges(mediaType, lineTypes)) return 'lines';
  if (isInMediaRanges(mediaType, [arrayType])) return 'array';
  const allowed = [...lineTypes, arrayType].join(', ');
  throw violation(
    `names the data object ${id}, whose media type is ${mediaType}; allowed are ${allowed}`,
    'mediaType',
  );
}

function violation(detail: string, keyword: string) {
  return violationsError('invalid-inputs', [{ pointer: '/over/dataId', detail, keyword }]);
}
