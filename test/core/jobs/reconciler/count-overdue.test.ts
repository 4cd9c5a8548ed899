import { expect, test } from 'vitest';
import { countOverdue } from '../../../../core/jobs/reconciler/count-overdue.ts';
import { aJob, reconcileAfterMs } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';

const tenMinutes = 10 * 60_000;

test('a job that has been due for ten minutes is not counted as overdue, and a job that has been due for longer is', async () => {
  const deps = testDeps();
  await deps.jobs.insert(aJob());
  await deps.clock.sleep(reconcileAfterMs + tenMinutes - 1);
  await countOverdue(deps);
  expect(deps.lines).toEqual([]);
  await deps.clock.sleep(1);
  await countOverdue(deps);
  expect(deps.lines).toEqual(['job-overdue', 'JobsOverdue']);
});

test('many overdue jobs are counted once per pass', async () => {
  const deps = testDeps();
  for (const _ of Array(3)) await deps.jobs.insert(aJob());
  await deps.clock.sleep(reconcileAfterMs + tenMinutes);
  await countOverdue(deps);
  expect(deps.lines).toEqual(['job-overdue', 'JobsOverdue']);
});
