import { isTextList, numberOf, textOf } from '../../assembly/properties.ts';
import type { StreamedResult } from '../../cloud.ts';
import { isRecord } from '../../json.ts';
import { preludeContentType, preludeDelimiterBytes } from '../thread/protocol.ts';

/** Status, headers and cookies that a streaming function sends before its body. */
export type Prelude = NonNullable<Awaited<StreamedResult['prelude']>>;

/** Separates the prelude from the body of a stream; `read` returns only bytes of the body. */
export interface PreludeReader {
  read(bytes: Uint8Array, contentType: string): Uint8Array;
  /** Returns the bytes that are still buffered if the stream ends without a delimiter. */
  rest(): Uint8Array;
}

const preludeDelimiter = Buffer.alloc(preludeDelimiterBytes);
const nothing = new Uint8Array();

/**
 * Creates a reader that calls `resolve` once: with the prelude as soon as its delimiter has arrived; with
 * null if the content type announces no prelude, if the text before the delimiter is not a JSON object, or if
 * the stream ends first.
 */
export function createPreludeReader(resolve: (prelude: Prelude | null) => void): PreludeReader {
  let buffered: Buffer = Buffer.alloc(0);
  let settled = false;
  const settle = (prelude: Prelude | null): void => {
    settled = true;
    resolve(prelude);
  };
  return {
    read: (bytes, contentType) => {
      if (settled) return bytes;
      if (contentType !== preludeContentType) {
        settle(null);
        return bytes;
      }
      buffered = Buffer.concat([buffered, bytes]);
      const end = buffered.indexOf(preludeDelimiter);
      if (end < 0) return nothing;
      settle(parsePrelude(buffered.toString('utf8', 0, end)));
      return buffered.subarray(end + preludeDelimiterBytes);
    },
    rest: () => {
      if (settled) return nothing;
      settle(null);
      return buffered;
    },
  };
}

/** `multiValueHeaders` take precedence over `headers` of the same name, as in a buffered proxy response. */
function parsePrelude(text: string): Prelude | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(parsed)) return null;
  const cookies = parsed['cookies'];
  return {
    statusCode: numberOf(parsed, 'statusCode') ?? 200,
    headers: { ...headerValues(parsed['headers']), ...headerValues(parsed['multiValueHeaders']) },
    cookies: isTextList(cookies) ? cookies : [],
  };
}

function headerValues(headers: unknown): Record<string, string | readonly string[]> {
  if (!isRecord(headers)) return {};
  const entries = Object.entries(headers).map(([name, value]) => {
    return [name, isTextList(value) ? value : (textOf(headers, name) ?? '')] as const;
  });
  return Object.fromEntries(entries);
}
