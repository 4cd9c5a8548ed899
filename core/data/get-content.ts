import type { DataKey, DataStore } from '../ports/data/data-store.ts';
import { type ContentUrl, type ContentUrlDeps, contentUrl } from './content-url.ts';
import { getData } from './get-data.ts';

/** Where the content of a data object can be downloaded. Throws `not-found`, `data-deleted` and `data-not-available`. */
export async function getContent(
  deps: ContentUrlDeps & { readonly data: Pick<DataStore, 'get' | 'tombstone'> },
  key: DataKey,
): Promise<ContentUrl> {
  return contentUrl(deps, await getData(deps, key));
}
