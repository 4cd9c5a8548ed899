/** What the life of one job used. Every number is exact. */
export interface JobCounts {
  readonly apiRequests: number;
  /** By function, batches of a stream counted as one invocation a record. */
  readonly invocations: Readonly<Record<string, number>>;
  /** By function and operation, such as `errand-settle dynamodb:PutItem`; without PutEvents, see `busEvents`. */
  readonly calls: Readonly<Record<string, number>>;
  /** DynamoDB units by the same names as `calls`, those of indexes included. */
  readonly writeUnits: Readonly<Record<string, number>>;
  readonly readUnits: Readonly<Record<string, number>>;
  /** Steps of 64 KB of all events put on the bus. */
  readonly busEvents: number;
  /** What our functions wrote. */
  readonly logBytes: number;
  /** How many of the invocations have Lambda's own START, END and REPORT lines logged. */
  readonly platformLogged: number;
}

/** Sums by name. */
export function tally(entries: ReadonlyArray<readonly [string, number]>): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [name, amount] of entries) if (amount !== 0) sums.set(name, (sums.get(name) ?? 0) + amount);
  return Object.fromEntries([...sums].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The sum of a tally. */
export function total(amounts: Readonly<Record<string, number>>): number {
  return Object.values(amounts).reduce((sum, amount) => sum + amount, 0);
}
