import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobEvent } from '../../../core/contract/schemas/event-schemas.ts';
import { signedCall } from '../../../local/test/fixture/signed-call.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { eventFault } from '../../support/events/published-events.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { startOwnErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const app = join(import.meta.dirname, '..', '..', '..', 'examples', 'subscribe');

let errand: TestErrand;
beforeAll(async () => {
  errand = await startOwnErrand({ apps: [app] });
}, 120_000);
afterAll(() => errand?.end());

/** Receives the messages that are in the queue of the subscriber, and deletes none. */
async function receive(): Promise<readonly JobEvent[]> {
  const { aws, output } = errand.cloud;
  const input = { QueueUrl: output('Subscriber', 'EndedJobsUrl'), MaxNumberOfMessages: 10 };
  const target = 'AmazonSQS.ReceiveMessage';
  const { json } = await signedCall({ url: aws.endpoint, service: 'sqs', target, input, key: aws });
  // SQS's own shape.
  const messages = (json['Messages'] ?? []) as ReadonlyArray<{ readonly Body: string }>;
  return messages.map(({ Body }) => JSON.parse(Body).detail);
}

/** The lines that the function of the subscriber has written. */
function reports(): readonly { readonly job: string; readonly report: string }[] {
  const files = globSync('logs/**/*ReportFailure*', { cwd: errand.dataDirectory, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n'))
    .filter((line) => line.includes('"report"'))
    .map((line) => JSON.parse(line.slice(line.indexOf('{'))));
}

test('the example runs, and its rules receive the events of their services and states only', async () => {
  expect(errand.apps).toEqual([{ name: 'subscribe', stacks: ['Subscriber'] }]);
  const submitted = [
    { service: 'echo', name: 'fine' },
    {
      service: 'flaky',
      name: 'other',
      parameters: { failures: 9, kind: 'throw' },
      retry: { maxAttempts: 1 },
    },
    { service: 'csv-profile@1.0.0', name: 'bad', parameters: { csv: 'a,b\n1\n' } },
  ];
  const jobs = new Map<string, string>();
  for (const body of submitted) {
    const { id } = await submitJob(errand, body);
    await endedJob(errand, id);
    jobs.set(body.name, id);
  }
  const received = new Map<string, JobEvent>();
  await until('the ends of all jobs', async () => {
    for (const event of await receive()) received.set(event.data.jobId, event);
    return received.size === jobs.size;
  });
  expect(new Set(received.keys())).toEqual(new Set(jobs.values()));
  for (const event of received.values()) expect(eventFault(event)).toBeUndefined();
  await until('a report', () => reports().length > 0);
  const written = reports();
  expect(written.map(({ job }) => job)).toEqual([jobs.get('bad')]);
  expect(written[0]).toMatchObject({
    report: expect.stringMatching(/^csv-profile@1\.0\.0 failed: /),
    event: received.get(jobs.get('bad') ?? '')?.id,
    tenant: errand.tenant,
    name: 'bad',
    code: 'service-failed',
  });
});
