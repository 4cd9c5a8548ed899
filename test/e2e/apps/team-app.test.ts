import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signedCall } from '../../../local/test/fixture/signed-call.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { startOwnErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { writeBrokenApp, writeTeamApp } from './write-apps.ts';

const parent = mkdtempSync(join(tmpdir(), 'errand-apps-'));
const lines: string[] = [];
let errand: TestErrand;
beforeAll(async () => {
  const apps = [writeTeamApp(parent), writeBrokenApp(parent), join(parent, 'nowhere')];
  errand = await startOwnErrand({ apps, print: (line) => void lines.push(line) });
});
afterAll(async () => {
  await errand?.end();
  rmSync(parent, { recursive: true, force: true });
});

/** Returns the messages that are in the queue of the team. */
async function receive(): Promise<readonly unknown[]> {
  const { aws, output } = errand.cloud;
  const input = { QueueUrl: output('Team', 'InboxUrl'), MaxNumberOfMessages: 10 };
  const target = 'AmazonSQS.ReceiveMessage';
  const { json } = await signedCall({ url: aws.endpoint, service: 'sqs', target, input, key: aws });
  // SQS's own shape.
  const messages = (json['Messages'] ?? []) as ReadonlyArray<{ readonly Body: string }>;
  return messages.map(({ Body }) => JSON.parse(Body).detail.data);
}

test('a rule of a CDK app receives the events of jobs, in a queue and in a function', async () => {
  await endedJob(errand, (await submitJob(errand, { service: 'echo', name: 'quiet' })).id);
  const failing = { service: 'csv-profile@1.0.0', name: 'loud', parameters: { csv: 'a,b\n1\n' } };
  await endedJob(errand, (await submitJob(errand, failing)).id);
  const expected = expect.objectContaining({ name: 'loud', status: 'failed' });
  const received = await until('a message', async () => {
    const messages = await receive();
    return messages.length > 0 && messages;
  });
  expect(received).toEqual([expected]);
  const file = join(parent, 'events.jsonl');
  await until('the function ran', () => existsSync(file));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(expected);
});

test('an app that cannot be synthesized is reported with its output, and the rest runs', () => {
  expect(errand.apps).toEqual([
    { name: 'team', stacks: ['Team'] },
    {
      name: 'broken',
      stacks: [],
      error: expect.stringMatching(
        /^The app broken cannot be synthesized: node app\.mjs in .* ended with 1:\n.*no such construct/s,
      ),
    },
    {
      name: 'nowhere',
      stacks: [],
      error: `The app nowhere cannot be synthesized: the folder ${join(parent, 'nowhere')} does not exist`,
    },
  ]);
  for (const { error } of errand.apps) if (error !== undefined) expect(lines).toContain(error);
  expect(lines).toContain('The app team runs: Team');
});
