import { parseDataId } from '../../../core/contract/names.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { DataObject, DataTombstone } from '../../../core/data/model/data-object.ts';
import { sortableName } from '../../../core/data/model/sortable-name.ts';
import type { DataKey, DataListQuery, DataPage, DataStore } from '../../../core/ports/data/data-store.ts';
import { timeInId } from '../../../core/std/id-time.ts';

/** The in-memory store of data objects: exact lists, no cost. */
export function memoryDataStore(): DataStore {
  const objects = new Map<string, DataObject>();
  const tombstones = new Map<string, DataTombstone>();
  return {
    async insert(data) {
      if (objects.has(keyOf(data)) || tombstones.has(keyOf(data))) return 'exists';
      objects.set(keyOf(data), structuredClone(data));
      return 'inserted';
    },
    get: async ({ tenant, dataId }) => structuredClone(objects.get(keyOf({ tenant, id: dataId }))),
    getMany: async (tenant, ids) =>
      structuredClone(ids.flatMap((id) => objects.get(keyOf({ tenant, id })) ?? [])),
    async replace(data, expectedVersion) {
      if (objects.get(keyOf(data))?.version !== expectedVersion) return 'conflict';
      objects.set(keyOf(data), structuredClone(data));
      return 'replaced';
    },
    async replaceWithTombstone(tombstone, expectedVersion) {
      const key = keyOf(tombstone.data);
      if (objects.get(key)?.version !== expectedVersion) return 'conflict';
      objects.delete(key);
      tombstones.set(key, structuredClone(tombstone));
      return 'replaced';
    },
    tombstone: async ({ tenant, dataId }) => structuredClone(tombstones.get(keyOf({ tenant, id: dataId }))),
    list: async (query) => pageOf([...objects.values()], query),
    listDue: async (now, limit) =>
      dueOf([...objects.values()], [...tombstones.values()])
        .filter(({ at }) => at <= now)
        .sort((left, right) => left.at - right.at)
        .slice(0, limit)
        .map(({ key }) => key),
    async settleTombstone({ tenant, dataId }) {
      const key = keyOf({ tenant, id: dataId });
      const tombstone = tombstones.get(key);
      if (tombstone === undefined) return;
      const { removeAfter: _, ...settled } = tombstone;
      tombstones.set(key, settled);
    },
  };
}

function keyOf({ tenant, id }: Pick<DataObject, 'tenant' | 'id'>): string {
  return `${tenant}#${id}`;
}

function pageOf(objects: readonly DataObject[], query: DataListQuery): DataPage {
  if (query.after !== undefined && !isPosition(query.after, query))
    throw new ProblemError('bad-cursor', 'The cursor is not a position in this list');
  const listed = listOf(objects, query);
  const data = structuredClone(listed.slice(0, query.limit));
  const last = data.at(-1);
  return {
    data,
    ...(last !== undefined && listed.length > data.length ? { next: positionIn(query)(last) } : {}),
  };
}

/** The objects of a list after its `after`, in its order, regardless of the page size. */
export function listOf(objects: readonly DataObject[], query: DataListQuery): readonly DataObject[] {
  const direction = query.order === 'asc' ? 1 : -1;
  const position = positionIn(query);
  const compare = (left: string, right: string) =>
    direction * Buffer.compare(Buffer.from(left), Buffer.from(right));
  const { after } = query;
  return objects
    .filter((data) => isWanted(data, query))
    .filter((data) => after === undefined || compare(position(data), after) > 0)
    .sort((left, right) => compare(position(left), position(right)));
}

function positionIn(query: DataListQuery): (data: DataObject) => string {
  return isByName(query) ? ({ name, id }) => `${sortableName(name)}#${id}` : ({ id }) => id;
}

/** Whether an object in the list could have this position. */
function isPosition(after: string, query: DataListQuery): boolean {
  const id = after.slice(-36);
  if (parseDataId(id) !== id) return false;
  if (isByName(query)) {
    const name = after.slice(0, -37);
    const isPrefixed = name.startsWith(sortableName(query.namePrefix ?? ''));
    return isPrefixed && name === sortableName(name) && after.at(-37) === '#';
  }
  const { createdAfter = 0, createdBefore = Number.POSITIVE_INFINITY } = query;
  return after === id && timeInId(id) >= createdAfter && timeInId(id) < createdBefore;
}

/** Whether the name prefix is the only condition. */
function isByName(query: DataListQuery): boolean {
  const { tenant: _tenant, order: _order, after: _after, limit: _limit, ...filters } = query;
  const names = Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : name));
  return names.join() === 'namePrefix';
}

/** Whether a list contains an object, in the simplest form. */
function isWanted(data: DataObject, query: DataListQuery): boolean {
  const { ids, tag, namePrefix, mediaType, status, origin, jobId } = query;
  const createdAt = timeInId(data.id);
  return [
    data.tenant === query.tenant,
    ids === undefined || ids.includes(data.id),
    tag === undefined || data.tags.includes(tag),
    namePrefix === undefined || data.name.startsWith(namePrefix),
    mediaType === undefined || data.mediaType === mediaType,
    status === undefined || data.status === status,
    origin === undefined || data.origin.kind === origin,
    jobId === undefined || (data.origin.kind === 'job' && data.origin.jobId === jobId),
    query.createdAfter === undefined || createdAt >= query.createdAfter,
    query.createdBefore === undefined || createdAt < query.createdBefore,
  ].every(Boolean);
}

interface Due {
  readonly at: number;
  readonly key: DataKey;
}

function dueOf(objects: readonly DataObject[], tombstones: readonly DataTombstone[]): readonly Due[] {
  const times = [
    ...objects.map((data) => ({ data, at: data.nextCheckAt })),
    ...tombstones.map(({ data, removeAfter }) => ({ data, at: removeAfter })),
  ];
  return times.flatMap(({ data: { tenant, id: dataId }, at }) =>
    at === undefined ? [] : [{ at, key: { tenant, dataId } }],
  );
}
