import { expect, test } from 'vitest';
import { runSoak } from '../../soak/run-soak.ts';

test('a service that is killed twice ends every job once and in time', async () => {
  const plan = { jobs: 60, kills: 2, endsWithinSeconds: 120, hasty: true, say: () => undefined };
  const report = await runSoak(plan);
  expect(report.jobs).toBe(60);
  expect(report.openAtKills.filter((open) => open > 0)).toHaveLength(2);
}, 240_000);
