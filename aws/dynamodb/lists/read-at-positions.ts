import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import type { ReadBatch } from './fill-page.ts';
import { keyTaker } from './partition-reader.ts';
import type { Records } from './records.ts';

const idLength = 36;

/** A list in another order than that of the IDs. */
export interface PositionedList<Value> {
  /** The positions of records in the order of the list. A position ends in the ID of its record. */
  readonly positions: AsyncIterator<string, void>;
  /** The current position of a record; undefined if it is not in the list. */
  readonly positionOf: (value: Value) => string | undefined;
}

/** Reads the records at the positions of a list. A record that has another position now is left out. */
export function readAtPositions<Value>(
  { getMany }: Records<Value>,
  { positions, positionOf }: PositionedList<Value>,
): ReadBatch<Value> {
  const takePositions = keyTaker(positions);
  return async (count) => {
    const { keys, next } = await takePositions(count);
    const ids = new Set(keys.map((position) => position.slice(-idLength)));
    const records = new Map((await getMany([...ids])).map((value) => [positionOf(value), value]));
    const values = keys.flatMap((position) => records.get(position) ?? []);
    return { values, examined: keys.length, ...omitUndefined({ next }) };
  };
}
