import type { DataKey, DataStore } from '../ports/data/data-store.ts';
import { missingData } from './data-problems.ts';
import type { DataObject } from './model/data-object.ts';

/** Reads a data object. Throws `not-found` and `data-deleted`. */
export async function getData(
  { data }: { readonly data: Pick<DataStore, 'get' | 'tombstone'> },
  key: DataKey,
): Promise<DataObject> {
  return (await data.get(key)) ?? Promise.reject(await missingData(data, key));
}
