import { beforeAll, describe, expect, test } from 'vitest';
import { readDocument, section } from '../docs/markdown.ts';
import { bills } from './bills.ts';
import { costChanges } from './cost-changes.ts';
import { type CountedJobs, countedKinds, countJobs } from './count-jobs.ts';
import {
  jobPins,
  jobPinsWithoutLog,
  rerunPin,
  usdPerMillionPins,
  usdPerMillionPinsWithoutLog,
} from './job-pins.ts';
import { usdPerMillion } from './price-job.ts';
import { prices } from './prices.ts';

const sections = {
  lambda: 'A million Lambda jobs',
  lambdaGroup: 'In a group',
  lambdaBulk: 'In bulk',
  batch: 'A million Batch jobs',
  lambdaData: 'A million jobs with data',
  upload: 'A million uploads',
} as const;

describe('the reference job', () => {
  let counted: CountedJobs;
  beforeAll(async () => {
    counted = await countJobs();
  }, 240_000);

  test('stays below 16 dollars a million on Lambda', () => {
    expect(usdPerMillionPins.lambda).toBeLessThan(16);
  });

  test('costs on Batch in bulk what the guide states, since only its submission differs', () => {
    const { lambda, lambdaBulk, batch } = usdPerMillionPins;
    const inBulk = (batch - (lambda - lambdaBulk)).toFixed(2);
    expect(section(readDocument('docs/guides/cost.md'), sections.batch)).toContain(`the cost is ${inBulk}.`);
  });

  test('is rerun with one write unit more for its link, and one more for the name of its latest rerun', () => {
    expect(costChanges(rerunPin, counted.rerun)).toEqual([]);
  });

  describe.each(countedKinds)('counted as %s', (kind) => {
    test('uses exactly the pinned amounts', () => {
      expect(costChanges(jobPins[kind], counted[kind])).toEqual([]);
    });

    test('costs exactly the pinned amount', () => {
      expect(usdPerMillion(bills(counted)[kind])).toBe(usdPerMillionPins[kind]);
    });

    test('has the bill that the guide shows', () => {
      const guide = section(readDocument('docs/guides/cost.md'), sections[kind]).split('\n');
      const rows = bills(counted)
        [kind].filter(({ quantity }) => quantity > 0)
        .map(
          ({ billed, quantity, usdPerMillion: usd }) =>
            `| ${prices[billed].unit} | ${Number(quantity.toPrecision(6))} | ${usd.toFixed(2)} |`,
        );
      const all = `| **total** | | **${usdPerMillionPins[kind].toFixed(2)}** |`;
      expect(guide).toEqual(expect.arrayContaining([...rows, all]));
    });
  });
});

describe('the reference job without an event log', () => {
  let counted: CountedJobs;
  beforeAll(async () => {
    counted = await countJobs({ hasEventLog: false });
  }, 240_000);

  test.each(countedKinds)('counted as %s uses and costs exactly the pinned amounts', (kind) => {
    expect(costChanges(jobPinsWithoutLog[kind], counted[kind])).toEqual([]);
    expect(usdPerMillion(bills(counted)[kind])).toBe(usdPerMillionPinsWithoutLog[kind]);
  });

  test.each(countedKinds)('counted as %s costs what the guide states', (kind) => {
    const guide = section(readDocument('docs/guides/cost.md'), 'The event log');
    const [withLog, without] = [usdPerMillionPins[kind], usdPerMillionPinsWithoutLog[kind]];
    expect(guide).toContain(`| ${sections[kind]} | ${withLog.toFixed(2)} | ${without.toFixed(2)} |`);
  });
});
