import { parseDataId } from '../../../core/contract/names.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { DataObject } from '../../../core/data/model/data-object.ts';
import { sortableName } from '../../../core/data/model/sortable-name.ts';
import type { DataListQuery, DataPage } from '../../../core/ports/data/data-store.ts';
import { idBound } from '../../../core/std/id-time.ts';
import { fillPage, type ReadBatch } from '../lists/fill-page.ts';
import { labelPositions } from '../lists/label-positions.ts';
import { readByIds } from '../lists/listed-ids-reader.ts';
import { keysPerPartition, readByPartitions } from '../lists/partition-reader.ts';
import { readAtPositions } from '../lists/read-at-positions.ts';
import { readByTable } from '../lists/table-reader.ts';
import type { Table } from '../table/table.ts';
import { dataNamePrefix } from './data-keys.ts';
import { dataNamePosition } from './data-labels.ts';
import { type DataListSource, matchesFilter, planDataList } from './data-list-plan.ts';
import { dataRecords } from './data-records.ts';

const idLength = 36;

/**
 * Reads one page of a tenant's data objects. Each object is checked against the filters again, because its
 * index entry may be outdated. A page ends early, with a position to continue from, after 1,000 read objects.
 * Throws `bad-cursor` for a position that the list cannot have.
 */
export async function listDataPage(table: Table, query: DataListQuery): Promise<DataPage> {
  const { source, filtered } = planDataList(query);
  const { values: data, ...rest } = await fillPage(readerOf(table, query, source), {
    limit: query.limit,
    filtered,
    matches: (one) => matchesFilter(one, query),
    positionOf: (one) => (source.kind === 'names' ? dataNamePosition(one) : one.id),
  });
  return { data, ...rest };
}

function readerOf(table: Table, query: DataListQuery, source: DataListSource): ReadBatch<DataObject> {
  const { tenant, limit, order = 'desc', after } = query;
  const from = idBound(query.createdAfter ?? 0);
  const to = idBound(query.createdBefore ?? Number.POSITIVE_INFINITY);
  checkPosition(query, source, { from, to });
  // DynamoDB rejects a lower bound above the upper bound.
  if (from >= to) return async () => ({ values: [], examined: 0 });
  const span = { order, from, to, after };
  const records = dataRecords(table, tenant);
  switch (source.kind) {
    case 'ids':
      return readByIds(records, source.ids, span);
    case 'table':
      return readByTable(records, span);
    case 'partitions':
      return readByPartitions(records, source.partitions, { ...span, limit });
    case 'names':
      return readAtPositions(records, {
        positions: namePositions(table, query, source.namePrefix),
        positionOf: dataNamePosition,
      });
  }
}

/** The positions of the objects whose sortable names have a prefix, by name and then by age. */
function namePositions(table: Table, query: DataListQuery, prefix: string) {
  const { tenant, limit, order = 'desc', after } = query;
  const pageSize = keysPerPartition(limit, 2);
  return labelPositions(table, { tenant, kind: dataNamePrefix, prefix, order, after, pageSize });
}

/**
 * DynamoDB rejects a start key outside of the query's range, and a client can send any cursor
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html).
 */
function checkPosition(
  { after }: DataListQuery,
  source: DataListSource,
  { from, to }: { readonly from: string; readonly to: string },
): void {
  if (after === undefined) return;
  const isValid =
    source.kind === 'names'
      ? isNamePosition(after, source.namePrefix)
      : isDataId(after) && after >= from && after <= to;
  if (!isValid)
    throw new ProblemError('bad-cursor', 'The cursor is not a position in this list; start again without it');
}

function isNamePosition(text: string, namePrefix: string): boolean {
  const name = text.slice(0, -idLength - 1);
  return (
    isDataId(text.slice(-idLength)) &&
    text.at(-idLength - 1) === '#' &&
    name.startsWith(namePrefix) &&
    name.isWellFormed() &&
    sortableName(name) === name
  );
}

function isDataId(text: string): boolean {
  return parseDataId(text) === text;
}
