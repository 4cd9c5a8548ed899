/** Media types that a browser may display: it runs no code in them. */
const displayedTypes = new Set([
  'application/json',
  'image/avif',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/webp',
  'text/csv',
  'text/plain',
]);

/** Media types that keep their name in a download, which a browser saves as a file. */
const savedTypes = new Set([
  'application/gzip',
  'application/pdf',
  'application/vnd.apache.arrow.file',
  'application/vnd.apache.parquet',
  'application/x-ndjson',
  'application/zip',
  'image/tiff',
]);

/** Any type in JSON (RFC 6839, 3.1), such as `application/geo+json`. */
const jsonType = /^application\/[\w.-]+\+json$/;

const opaqueType = 'application/octet-stream';

/** How content is served: its media type, and whether a browser may display it. */
export interface ServedType {
  readonly mediaType: string;
  readonly isInline: boolean;
}

/**
 * The media type with which content is served. A declared type outside of the lists, such as HTML or SVG, could run code in the
 * origin of the bucket, so its content is served as opaque bytes and saved as a file; the data object or the job keeps the declared
 * type.
 */
export function servedType(declared: string): ServedType {
  const [essence = ''] = declared.split(';', 1);
  const mediaType = essence.trim().toLowerCase();
  if (mediaType.startsWith('text/') && displayedTypes.has(mediaType))
    return { mediaType: `${mediaType}; charset=utf-8`, isInline: true };
  if (displayedTypes.has(mediaType)) return { mediaType, isInline: true };
  const isSaved = savedTypes.has(mediaType) || jsonType.test(mediaType);
  return { mediaType: isSaved ? mediaType : opaqueType, isInline: false };
}
