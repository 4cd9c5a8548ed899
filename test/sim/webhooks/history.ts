/** When something happened: its place in the order of all that was recorded, and the time in milliseconds since 1970. */
export interface Moment {
  readonly order: number;
  readonly at: number;
}

/** A value from a moment on. */
export interface Entry<Value> extends Moment {
  readonly value: Value;
}

/** A period between two moments, both included. */
export interface Period {
  readonly from: Moment;
  readonly to: Moment;
}

/** The values that something had, oldest first. Before the first entry it did not exist. */
export type History<Value> = ReadonlyArray<Entry<Value | undefined>>;

/** All values at any moment of a period. */
export function valuesIn<Value>(
  history: History<Value>,
  { from, to }: Period,
): ReadonlyArray<Value | undefined> {
  const before = history.findLast(({ order }) => order <= from.order)?.value;
  const later = history.filter(({ order }) => order > from.order && order <= to.order);
  return [before, ...later.map(({ value }) => value)];
}

/** All values at any time from `from` to `to`, in milliseconds since 1970. */
export function valuesBetween<Value>(
  history: History<Value>,
  from: number,
  to: number,
): ReadonlyArray<Value | undefined> {
  const before = history.findLast(({ at }) => at < from)?.value;
  const later = history.filter(({ at }) => at >= from && at <= to);
  return [before, ...later.map(({ value }) => value)];
}

/** All values from a moment on. */
export function valuesSince<Value>(history: History<Value>, from: Moment): ReadonlyArray<Value | undefined> {
  return valuesIn(history, { from, to: { order: Number.POSITIVE_INFINITY, at: Number.POSITIVE_INFINITY } });
}
