import { durationMilliseconds, platformLogBytes, routerMilliseconds } from './assumptions.ts';
import { type JobCounts, total } from './job-counts.ts';
import { type Billed, usdFor } from './prices.ts';

/** One row of a bill for a million jobs. */
export interface BillRow {
  readonly billed: Billed;
  /** For one job. */
  readonly quantity: number;
  readonly usdPerMillion: number;
}

/** Prices the usage of one job. Throws for a function without an assumed duration or a call without a price. */
export function priceJob(
  counts: JobCounts,
  memoryMegabytes: Readonly<Record<string, number>>,
  milliseconds: Readonly<Record<string, number>> = durationMilliseconds,
): readonly BillRow[] {
  const starts = callsOf(counts, 'states:StartExecution');
  const quantities: Readonly<Record<Billed, number>> = {
    apiRequest: counts.apiRequests,
    lambdaRequest: total(counts.invocations),
    lambdaGigabyteSecond: gigabyteSeconds(counts.invocations, memoryMegabytes, milliseconds),
    writeUnit: total(counts.writeUnits),
    readUnit: total(counts.readUnits),
    expressStart: starts,
    expressSecond: (starts * routerMilliseconds) / 1_000,
    busEvent: counts.busEvents,
    objectPut: callsOf(counts, 's3:PutObject'),
    objectGet: callsOf(counts, 's3:GetObject'),
    logByte: counts.logBytes + counts.platformLogged * platformLogBytes,
  };
  refuseUnpriced(counts);
  // Object.entries widens the keys of a record over a closed union.
  return (Object.entries(quantities) as Array<[Billed, number]>).map(([billed, quantity]) => ({
    billed,
    quantity,
    usdPerMillion: usdFor(billed, quantity) * 1_000_000,
  }));
}

/** The total of a bill, in dollars for a million jobs, to a tenth of a cent. */
export function usdPerMillion(bill: readonly BillRow[]): number {
  return Math.round(bill.reduce((sum, row) => sum + row.usdPerMillion, 0) * 1_000) / 1_000;
}

function gigabyteSeconds(
  invocations: JobCounts['invocations'],
  memoryMegabytes: Readonly<Record<string, number>>,
  durations: Readonly<Record<string, number>>,
): number {
  return Object.entries(invocations).reduce((sum, [name, count]) => {
    const [milliseconds, megabytes] = [durations[name], memoryMegabytes[name]];
    if (milliseconds === undefined) throw new Error(`${name} ran and has no assumed duration`);
    if (megabytes === undefined) throw new Error(`${name} ran and is not in the template`);
    return sum + count * (milliseconds / 1_000) * (megabytes / 1_024);
  }, 0);
}

function callsOf({ calls }: JobCounts, operation: string): number {
  const those = Object.entries(calls).filter(([name]) => name.endsWith(` ${operation}`));
  return total(Object.fromEntries(those));
}

/**
 * DynamoDB is billed by its units, whatever the call, and AWS Batch bills only what containers use
 * (https://aws.amazon.com/batch/pricing/).
 */
function refuseUnpriced({ calls }: JobCounts): void {
  const priced = / (dynamodb:\w+|batch:\w+|states:StartExecution|s3:PutObject|s3:GetObject)$/;
  const unpriced = Object.keys(calls).filter((name) => !priced.test(name));
  if (unpriced.length > 0) throw new Error(`no price for ${unpriced.join(', ')}`);
}
