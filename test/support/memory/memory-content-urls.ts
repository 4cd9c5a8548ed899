/** What a URL of the in-memory content store permits. */
export interface MemoryUrl {
  readonly key: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly sizeBytes?: number | undefined;
  readonly sha256?: string | undefined;
  readonly uploadId?: string | undefined;
  readonly partNumber?: number | undefined;
  readonly mediaType?: string | undefined;
  /** Only of a download. */
  readonly disposition?: string | undefined;
}

const origin = 'https://content.invalid/';

/** Writes a URL with everything that it permits. */
export function toMemoryUrl({ key, ...permissions }: MemoryUrl): string {
  return `${origin}${key}?permissions=${encodeURIComponent(JSON.stringify(permissions))}`;
}

/** Reads a URL that `toMemoryUrl` wrote; throws for others. */
export function readMemoryUrl(url: string): MemoryUrl {
  const { pathname, searchParams } = new URL(url);
  const permissions = searchParams.get('permissions');
  if (!url.startsWith(origin) || permissions === null)
    throw new Error(`${url} is not a URL of the in-memory content store`);
  return { ...(JSON.parse(permissions) as MemoryUrl), key: pathname.slice(1) }; // toMemoryUrl wrote it
}

/** The response to a download, whole or a range `bytes=<first>-<last>`. */
export function contentResponse(
  { mediaType = '', disposition = '' }: MemoryUrl,
  bytes: Uint8Array | undefined,
  requestHeaders: Headers,
): Response {
  if (bytes === undefined) return failedResponse(404);
  const headers = { 'content-type': mediaType, 'content-disposition': disposition };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(requestHeaders.get('range') ?? '') ?? [];
  if (first === undefined) return new Response(Uint8Array.from(bytes), { headers });
  if (Number(first) >= bytes.length) return failedResponse(416);
  const end = Math.min(last === undefined || last === '' ? bytes.length : Number(last) + 1, bytes.length);
  return new Response(Uint8Array.from(bytes.subarray(Number(first), end)), {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${first}-${end - 1}/${bytes.length}` },
  });
}

/** A response that a request was refused. */
export function failedResponse(status: number): Response {
  return new Response(null, { status });
}
