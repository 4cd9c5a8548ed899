import type { Operation } from '../../../core/operations/model/operation.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import {
  jsonText,
  number,
  presentAttributes,
  presentMembers,
  readLayoutVersion,
  readNumber,
  readOptionalJson,
  readOptionalNumber,
  readText,
  text,
} from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { UnreadableItemError } from '../table/unreadable-item-error.ts';
import {
  dueOperationsPartition,
  operationItemKey,
  readOperationKey,
  runningPartition,
} from './operation-keys.ts';

/**
 * The layout versions of the operations that this release reads. It writes array jobs with the second one, so that a release which does
 * not know elements refuses them: it would find no jobs, and end them as succeeded.
 */
const layoutVersions = { jobs: 1, elements: 2 } as const;

/** The members of an operation that are set at its creation. */
type Definition = Pick<Operation, 'work' | 'selection' | 'owner' | 'traceparent'>;

/** Counters that are 0 at first, and the time in the IDs of the next jobs of an array job. */
type Progress = Pick<
  Operation,
  | 'chunks'
  | 'cursor'
  | 'startedJobs'
  | 'idTime'
  | 'tries'
  | 'stall'
  | 'matched'
  | 'done'
  | 'refused'
  | 'failed'
>;

/**
 * Converts an operation to an item.
 *
 * | name | type | content |
 * |------|------|---------|
 * | `pk` `sk` | S | tenant and ID (operation-keys.ts) |
 * | `z` | N | layout of the item |
 * | `v` | N | version |
 * | `def` | S | JSON of what was requested, and by whom |
 * | `st` | S | status |
 * | `m` | S | JSON of the position in the list of jobs; absent once the list is complete |
 * | `p` | S | JSON of the counts, the cursor, and the pauses without progress |
 * | `l` `lu` | N | number of the last lease, and until when it is valid; `lu` is absent after its release |
 * | `ab` | S | JSON of the requested abort |
 * | `cr` `up` `fi` | N | times of creation, last change and end |
 * | `due` `dueAt` | S, N | index of the operations to queue again, until the event of the end is published |
 * | `live` | S | index of running operations |
 * | `ttl` | N | when the item expires, in epoch seconds |
 */
export function toItem(operation: Operation): Item {
  const { tenant, id, work, selection, owner, traceparent, ...rest } = operation;
  const { chunks, cursor, startedJobs, tries, stall, matched, done, refused, failed } = rest;
  const definition: Definition = { work, selection, owner, traceparent };
  const counts = { matched, done, refused, failed };
  const optional = omitUndefined({ idTime: rest.idTime, stall });
  const progress: Progress = { chunks, cursor, startedJobs, tries, ...optional, ...counts };
  return {
    ...operationItemKey({ tenant, operationId: id }),
    ...presentAttributes({
      z: number(layoutVersions[selection.kind === 'elements' ? 'elements' : 'jobs']),
      v: number(rest.version),
      def: jsonText(definition),
      st: text(rest.status),
      m: jsonText(rest.matching),
      p: jsonText(progress),
      l: number(rest.lease),
      lu: number(rest.leasedUntil),
      ab: jsonText(rest.abort),
      cr: number(rest.createdAt),
      up: number(rest.updatedAt),
      fi: number(rest.finishedAt),
      due: rest.nextCheckAt === undefined ? undefined : text(dueOperationsPartition),
      dueAt: number(rest.nextCheckAt),
      live: rest.status === 'running' ? text(runningPartition(tenant)) : undefined,
      ttl: number(Math.ceil(rest.expiresAt / 1000)),
    }),
  };
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): Operation {
  readLayoutVersion(item, Object.values(layoutVersions));
  const { tenant, operationId: id } = readOperationKey(item);
  return {
    tenant,
    id,
    ...readRequired<Definition>(item, 'def'),
    ...readRequired<Progress>(item, 'p'),
    status: readText(item, 'st') as Operation['status'], // written by `toItem`
    lease: readNumber(item, 'l'),
    createdAt: readNumber(item, 'cr'),
    updatedAt: readNumber(item, 'up'),
    expiresAt: readNumber(item, 'ttl') * 1000,
    version: readNumber(item, 'v'),
    ...presentMembers<Operation>({
      matching: readOptionalJson(item, 'm'),
      leasedUntil: readOptionalNumber(item, 'lu'),
      abort: readOptionalJson(item, 'ab'),
      finishedAt: readOptionalNumber(item, 'fi'),
      nextCheckAt: readOptionalNumber(item, 'dueAt'),
    }),
  };
}

function readRequired<Value>(item: Item, name: string): Value {
  const value = readOptionalJson<Value>(item, name);
  if (value === undefined) throw new UnreadableItemError(item, `lacks the attribute ${name} (JSON)`);
  return value;
}
