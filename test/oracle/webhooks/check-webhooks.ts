/*
Signs random deliveries as Errand does, and lets the Python package standardwebhooks verify them. It must accept each of them, also
with either secret after a rotation, and refuse a tampered body, another ID, an old timestamp and a wrong secret. Needs python3 (3.11
or later) with pip.
Usage: node test/oracle/webhooks/check-webhooks.ts
Exits with 1 when a delivery is verified wrongly.
*/
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { jobEvents } from '../../../core/events/job-events.ts';
import { signaturesOf, webhookSecret } from '../../../core/webhooks/model/sign.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { endedJob } from '../../support/jobs/jobs.ts';
import { pythonEnvironment } from '../../support/processes/python-environment.ts';

interface Signed {
  readonly secret: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the package says about a delivery that must be accepted (null) or refused. */
const cases: Readonly<
  Record<string, { readonly accepted: boolean; readonly of: (signed: Signed) => Signed }>
> = {
  'as it is sent': { accepted: true, of: (signed) => signed },
  'with a tampered body': {
    accepted: false,
    of: (signed) => ({ ...signed, body: signed.body.replace('succeeded', 'failed') }),
  },
  'with another ID': { accepted: false, of: (signed) => withHeader(signed, 'webhook-id', 'another/1') },
  'with an old timestamp': {
    accepted: false,
    of: (signed) => withHeader(signed, 'webhook-timestamp', String(Math.floor(Date.now() / 1000) - 400)),
  },
  'with a wrong secret': { accepted: false, of: (signed) => ({ ...signed, secret: newSecret() }) },
};

const count = 100;

function newSecret(): string {
  return webhookSecret(randomBytes(32).toString('base64url'));
}

function withHeader(signed: Signed, name: string, value: string): Signed {
  return { ...signed, headers: { ...signed.headers, [name]: value } };
}

/** A delivery of an event with any name and tags, signed with two secrets, and one of them. */
function randomDelivery(index: number): Signed {
  const text = randomBytes(20).toString('utf8').toWellFormed();
  const job = endedJob('succeeded', {
    id: jobIdAt(Date.now() + index),
    name: `ü ${text}`,
    tags: [text, '"\\\u2028'],
  });
  const event = jobEvents(job, 'https://errand.example').at(-1);
  if (event === undefined) throw new Error('The job has no event');
  const timestamp = Math.floor(Date.now() / 1000);
  const body = JSON.stringify(event);
  const [current, previous] = [newSecret(), newSecret()];
  const secrets = { current, previous: { secret: previous, expiresAt: Date.now() + 60_000 }, version: 2 };
  const headers = {
    'webhook-id': event.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signaturesOf({ id: event.id, timestamp, body }, secrets),
  };
  return { secret: index % 2 === 0 ? current : previous, body, headers };
}

const signed = Array.from({ length: count }, (_, index) => randomDelivery(index));
const deliveries = Object.entries(cases).flatMap(([name, { accepted, of }]) =>
  signed.map((each) => ({ name, accepted, delivery: of(each) })),
);
const python = join(pythonEnvironment(join(import.meta.dirname, 'requirements.txt')), 'python');
const output = execFileSync(python, [join(import.meta.dirname, 'verify.py')], {
  input: JSON.stringify(deliveries.map(({ delivery }) => delivery)),
  maxBuffer: 2 ** 26,
});
const refusals = JSON.parse(output.toString()) as ReadonlyArray<string | null>; // the form that the script writes
const wrong = deliveries.filter(({ accepted }, index) => (refusals[index] === null) !== accepted);
for (const name of Object.keys(cases))
  console.log(`${wrong.some((each) => each.name === name) ? 'WRONG' : 'right'}  ${count} deliveries ${name}`);
if (refusals.length !== deliveries.length || wrong.length > 0) process.exitCode = 1;
