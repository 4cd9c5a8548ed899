import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../../local/test/fixture/until.ts';
import { onlyBlock, readDocument } from '../../../docs/markdown.ts';
import type { JobBody } from '../../../support/local-service/ended-job.ts';
import { endOf } from '../../await-job.ts';
import { type Subscriber, subscribe } from '../../bus-subscriber.ts';
import { startTestErrand, type TestErrand } from '../../deployed-errand.ts';

/** The pattern that the README gives subscribers. */
const pattern = JSON.parse(onlyBlock(readDocument('README.md'), 'json'));

/** The name of this check's jobs. */
const name = 'on-the-bus';

let errand: TestErrand;
let all: Subscriber;
let failures: Subscriber;
beforeAll(async () => {
  errand = await startTestErrand();
  // Other suites run at the same time.
  all = await subscribe('check-all', { source: ['errand'], detail: { data: { name: [name] } } });
  failures = await subscribe('check-failures', pattern);
});
afterAll(async () => {
  await all?.end();
  await failures?.end();
});

test('every event of a job is on the bus, as the API returns it, and a rule selects by its content', async () => {
  const bad = { service: 'csv-profile@1.0.0', name, parameters: { csv: 'a,b\n1,"2\n' } };
  const jobs: JobBody[] = [];
  for (const body of [bad, { service: 'echo', name, parameters: {} }])
    jobs.push((await errand.call('/v1/jobs', { body })).body);
  const events: JobBody[] = [];
  for (const { id } of jobs) {
    await endOf(errand, id);
    events.push(...(await errand.call(`/v1/jobs/${id}/events`)).body.items);
  }
  expect(events).toHaveLength(6);
  await until('the bus has delivered every event', async () => {
    const received = await all.receive();
    return events.every(({ id }) => received.has(id));
  });
  const received = await all.receive();
  expect(events.map(({ id }) => received.get(id))).toEqual(events);
  await until(
    'the rule has selected the failure',
    async () => statesOf(await failures.receive(), jobs).length,
  );
  expect(statesOf(await failures.receive(), jobs)).toEqual(['failed']);
});

/** States of the events of these jobs. */
function statesOf(received: ReadonlyMap<string, JobBody>, jobs: readonly JobBody[]): readonly string[] {
  const ids = new Set(jobs.map(({ id }) => id));
  return [...received.values()].filter(({ data }) => ids.has(data.jobId)).map(({ data }) => data.status);
}
