/**
 * The usage of one job from its submission to its end. Every number is exact; one of several jobs has a share of the common
 * amounts.
 */
export interface JobCounts {
  readonly apiRequests: number;
  /** By function; a batch of a stream counts as one invocation for each record. */
  readonly invocations: Readonly<Record<string, number>>;
  /** By function and operation, such as `errand-settle dynamodb:PutItem`; without PutEvents, see `busEvents`. */
  readonly calls: Readonly<Record<string, number>>;
  /** DynamoDB units by the same names as `calls`, including those of indexes. */
  readonly writeUnits: Readonly<Record<string, number>>;
  readonly readUnits: Readonly<Record<string, number>>;
  /** Steps of 64 KB of all events put on the bus. */
  readonly busEvents: number;
  /** The log bytes that our functions wrote. */
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

/**
 * The share of one of several jobs. How many jobs the publisher counts with one write depends on the batches of the stream: as
 * with its invocations, each job is assumed to arrive alone, as `alone` did.
 */
export function shareOf(counts: JobCounts, jobs: number, alone: JobCounts): JobCounts {
  const shares = (all: Readonly<Record<string, number>>, single: Readonly<Record<string, number>>) =>
    tally([
      ...Object.entries(all)
        .filter(([name]) => !isPublishers(name))
        .map(([name, amount]) => [name, amount / jobs] as const),
      ...Object.entries(single).filter(([name]) => isPublishers(name)),
    ]);
  return {
    apiRequests: counts.apiRequests / jobs,
    invocations: tally(Object.entries(counts.invocations).map(([name, amount]) => [name, amount / jobs])),
    calls: shares(counts.calls, alone.calls),
    writeUnits: shares(counts.writeUnits, alone.writeUnits),
    readUnits: shares(counts.readUnits, alone.readUnits),
    busEvents: counts.busEvents / jobs,
    logBytes: counts.logBytes / jobs,
    platformLogged: counts.platformLogged / jobs,
  };
}

function isPublishers(name: string): boolean {
  return name.startsWith('errand-publish-events ');
}
