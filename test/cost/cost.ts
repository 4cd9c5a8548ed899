/**
 * `npm run cost`: the cost of a million jobs, counted in a local run; `-- --json` prints the figures as JSON, and
 * `--without-event-log` counts a deployment without an event log.
 */
import { bills } from './bills.ts';
import { type CountedKind, countedKinds, countJobs } from './count-jobs.ts';
import type { JobCounts } from './job-counts.ts';
import { type BillRow, usdPerMillion } from './price-job.ts';
import { prices } from './prices.ts';

const titles = {
  lambda: 'A million Lambda jobs, one POST each',
  lambdaGroup: 'A million Lambda jobs in a group',
  lambdaBulk: 'A million Lambda jobs, 100 in a POST',
  batch: 'A million Batch jobs, one POST each',
  lambdaData: 'A million Lambda jobs with an input and an output, one POST each',
  upload: 'A million uploads of a data object with one PUT each',
} as const satisfies Record<CountedKind, string>;

const hasEventLog = !process.argv.includes('--without-event-log');
const counted = await countJobs({ hasEventLog });
const billed = bills(counted);
if (process.argv.includes('--json')) {
  const figures = countedKinds.map(
    (kind) => [kind, { usdPerMillion: usdPerMillion(billed[kind]), ...counted[kind] }] as const,
  );
  console.log(JSON.stringify(Object.fromEntries(figures), undefined, 2));
} else {
  for (const kind of countedKinds) print(titles[kind], billed[kind], counted[kind]);
}

function print(title: string, bill: readonly BillRow[], counts: JobCounts): void {
  console.log(`${title}, orchestration only, us-east-1:\n`);
  for (const { billed, quantity, usdPerMillion: usd } of bill)
    if (quantity > 0)
      console.log(row(usd, `${Number(quantity.toPrecision(6))} ${prices[billed].unit} a job`));
  console.log(`${row(usdPerMillion(bill), 'in all')}\n`);
  for (const [name, count] of Object.entries(counts.invocations)) console.log(`  ${count} x ${name}`);
  for (const [name, count] of Object.entries(counts.calls)) {
    const units = [unitsOf(counts.writeUnits[name], 'write'), unitsOf(counts.readUnits[name], 'read')];
    console.log(`  ${count} x ${name}${units.join('')}`);
  }
  console.log('');
}

function row(usd: number, what: string): string {
  return `${usd.toFixed(2).padStart(8)} USD  ${what}`;
}

function unitsOf(amount: number | undefined, kind: string): string {
  return amount === undefined ? '' : `, ${amount} ${kind} units`;
}
