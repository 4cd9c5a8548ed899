import { beforeAll, describe, expect, it } from 'vitest';
import { readDocument } from '../docs/markdown.ts';
import { costChanges } from './cost-changes.ts';
import { type CountedJob, countLambdaJob } from './count-job.ts';
import { lambdaJobPin, lambdaJobUsdPerMillion } from './lambda-job-pin.ts';
import { priceJob, usdPerMillion } from './price-job.ts';
import { prices } from './prices.ts';

describe('the reference Lambda job', () => {
  let counted: CountedJob;
  const bill = () => priceJob(counted.counts, counted.memoryMegabytes);
  beforeAll(async () => {
    counted = await countLambdaJob();
  });

  it('uses exactly what is pinned', () => {
    expect(costChanges(lambdaJobPin, counted.counts)).toEqual([]);
  });

  it('costs exactly what is pinned', () => {
    expect(usdPerMillion(bill())).toBe(lambdaJobUsdPerMillion);
  });

  it('has the bill that the guide shows', () => {
    const guide = readDocument('docs/guides/cost.md').split('\n');
    const rows = bill()
      .filter(({ quantity }) => quantity > 0)
      .map(
        ({ billed, quantity, usdPerMillion: usd }) =>
          `| ${prices[billed].unit} | ${Number(quantity.toPrecision(6))} | ${usd.toFixed(2)} |`,
      );
    const all = `| **in all** | | **${lambdaJobUsdPerMillion.toFixed(2)}** |`;
    expect(guide).toEqual(expect.arrayContaining([...rows, all]));
  });
});
