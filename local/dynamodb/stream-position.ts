import { isRecord } from '../json.ts';

/**
 * Position of a reader in a stream: the last sequence number per shard, and whether the shard was read to its
 * end.
 */
export type StreamPosition = ReadonlyMap<string, { readonly sequence: string; readonly isEnded: boolean }>;

/** Serializes a position as the opaque text that consumers store. */
export function positionText(position: StreamPosition): string {
  return JSON.stringify(
    Object.fromEntries(
      [...position].map(([shard, { sequence, isEnded }]) => [shard, isEnded ? `${sequence}!` : sequence]),
    ),
  );
}

/**
 * Parses a stored position; undefined is the beginning of the stream. Throws if the text is not a position.
 */
export function parsePosition(text: string | undefined): StreamPosition {
  if (text === undefined) return new Map();
  const parsed: unknown = JSON.parse(text);
  if (!isRecord(parsed)) throw new Error(`${text} is not a stream position`);
  return new Map(
    Object.entries(parsed).map(([shard, value]) => {
      const isEnded = String(value).endsWith('!');
      return [shard, { sequence: String(value).replace(/!$/, ''), isEnded }];
    }),
  );
}
