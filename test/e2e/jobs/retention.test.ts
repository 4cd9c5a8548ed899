import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { endedJob as anEndedJob } from '../../support/jobs/jobs.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, reconcileNow, submitJob } from '../../support/local-service/ended-job.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';
import { putJob } from '../../support/local-service/put-job.ts';

const day = 86_400_000;

let errand: TestErrand;
beforeAll(async () => {
  errand = await startChangedErrand([
    ({ resources }) => {
      const variables = Object.values(resources.Errand).flatMap(
        ({ Properties }) => Properties?.['Environment']?.Variables ?? [],
      );
      const reconcilers = variables.filter((one) => 'RETENTION_DAYS' in one);
      expect(reconcilers).toHaveLength(1);
      for (const one of reconcilers) one.RETENTION_DAYS = '30';
    },
  ]);
});
afterAll(() => errand?.end());

test('with a retention, the reconciler deletes jobs that ended earlier, and keeps later ones', async () => {
  const young = await submitJob(errand, { service: 'echo', parameters: { n: 1 } });
  expect(await endedJob(errand, young.id)).toMatchObject({ status: 'succeeded' });
  const requestedAt = Date.now() - 31 * day;
  const old = anEndedJob('succeeded', { id: jobIdAt(requestedAt, 1n), requestedAt });
  await putJob(errand, old);
  expect(await errand.call(`/v1/jobs/${old.id}`)).toMatchObject({ status: 200 });
  reconcileNow(errand.cloud);
  const controller = await until('the old job is deleted', async () => {
    const response = await errand.call(`/v1/jobs/${old.id}`);
    return response.status === 200 ? undefined : response;
  });
  expect(controller).toMatchObject({ status: 410, body: { by: 'retention' } });
  expect(await errand.call(`/v1/jobs/${young.id}`)).toMatchObject({ status: 200 });
  const { body } = await errand.call('/v1/jobs');
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual([young.id]);
});
