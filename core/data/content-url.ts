import type { Clock } from '../ports/clock.ts';
import type { ContentStore } from '../ports/data/content-store.ts';
import { servedType } from './content-type.ts';
import { requireAvailable } from './data-problems.ts';
import { urlExpiry, urlLifetimeSeconds } from './describe-upload.ts';
import { contentKey, type DataObject } from './model/data-object.ts';

export interface ContentUrl {
  readonly url: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

export interface ContentUrlDeps {
  readonly contents: Pick<ContentStore, 'presignDownload'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** A URL from which anyone may download the content for 15 minutes. Throws `data-not-available`. */
export async function contentUrl(deps: ContentUrlDeps, data: DataObject): Promise<ContentUrl> {
  requireAvailable(data);
  const { mediaType, isInline } = servedType(data.mediaType);
  const url = await deps.contents.presignDownload(contentKey(data), {
    lifetimeSeconds: urlLifetimeSeconds,
    mediaType,
    fileName: data.name,
    isInline,
  });
  return { url, expiresAt: urlExpiry(deps.clock.now()) };
}
