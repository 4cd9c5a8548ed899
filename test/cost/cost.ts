/** `npm run cost`: what a million jobs cost, counted from a local run; `-- --json` prints the figures for programs. */
import { countLambdaJob } from './count-job.ts';
import { priceJob, usdPerMillion } from './price-job.ts';
import { prices } from './prices.ts';

const { counts, memoryMegabytes } = await countLambdaJob();
const bill = priceJob(counts, memoryMegabytes);
if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ lambda: { usdPerMillion: usdPerMillion(bill), ...counts } }, undefined, 2));
} else {
  console.log('A million Lambda jobs, one POST each, orchestration only, us-east-1:\n');
  for (const { billed, quantity, usdPerMillion: usd } of bill)
    if (quantity > 0)
      console.log(row(usd, `${Number(quantity.toPrecision(6))} ${prices[billed].unit} a job`));
  console.log(`${row(usdPerMillion(bill), 'in all')}\n`);
  for (const [name, count] of Object.entries(counts.invocations)) console.log(`  ${count} x ${name}`);
  for (const [name, count] of Object.entries(counts.calls)) {
    const units = [unitsOf(counts.writeUnits[name], 'write'), unitsOf(counts.readUnits[name], 'read')];
    console.log(`  ${count} x ${name}${units.join('')}`);
  }
  console.log('\nBulk submits and Batch jobs are not counted.');
}

function row(usd: number, what: string): string {
  return `${usd.toFixed(2).padStart(8)} USD  ${what}`;
}

function unitsOf(amount: number | undefined, kind: string): string {
  return amount === undefined ? '' : `, ${amount} ${kind} units`;
}
