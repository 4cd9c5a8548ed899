import { isRecord } from '../assembly/json.ts';

/** How far a stream was read: the last sequence number per shard, or that the shard was read to its end. */
export type StreamPosition = ReadonlyMap<string, { readonly sequence: string; readonly isEnded: boolean }>;

/** Writes a position as the opaque text that consumers keep. */
export function positionText(position: StreamPosition): string {
  return JSON.stringify(
    Object.fromEntries(
      [...position].map(([shard, { sequence, isEnded }]) => [shard, isEnded ? `${sequence}!` : sequence]),
    ),
  );
}

/** Reads a kept position; no text is the beginning of the stream. Throws when the text is no position. */
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
