import type { DataObject } from '../../../core/data/model/data-object.ts';
import { sortableName } from '../../../core/data/model/sortable-name.ts';
import { deleteLabels, putLabels } from '../table/labels.ts';
import type { Table } from '../table/table.ts';
import { dataNamePrefix, dataTagPrefix, outputPrefix } from './data-keys.ts';

/**
 * Writes the labels of a data object: the items by which lists find it. It has one label for its name, one for
 * each tag, and one for the job that wrote it. Labels are written before the object and removed after it, so
 * that an object never lacks one; a list ignores a label that its object does not have any more.
 */
export async function addDataLabels(table: Table, data: DataObject, before?: DataObject): Promise<void> {
  const existingLabels = new Set(before === undefined ? [] : labelsOf(before));
  const { tenant, version } = data;
  const sortKeys = labelsOf(data).filter((label) => !existingLabels.has(label));
  await putLabels(table, { tenant, version, sortKeys });
}

/** Removes the labels that the object does not have any more, or all labels of a deleted object. */
export async function removeDataLabels(table: Table, before: DataObject, after?: DataObject): Promise<void> {
  const keptLabels = new Set(after === undefined ? [] : labelsOf(after));
  const sortKeys = labelsOf(before).filter((label) => !keptLabels.has(label));
  const version = after?.version ?? before.version + 1;
  await deleteLabels(table, { tenant: before.tenant, version, sortKeys });
}

/**
 * Returns the position of an object in a list by names. Positions are compared; only the ID is ever extracted
 * from them.
 */
export function dataNamePosition({ name, id }: Pick<DataObject, 'name' | 'id'>): string {
  return `${sortableName(name)}#${id}`;
}

/** The sort keys of an object's labels. */
function labelsOf(data: DataObject): readonly string[] {
  const { id, tags, origin } = data;
  return [
    dataNamePrefix + dataNamePosition(data),
    ...[...new Set(tags)].map((tag) => dataTagPrefix(tag) + id),
    ...(origin.kind === 'job' ? [outputPrefix(origin.jobId) + id] : []),
  ];
}
