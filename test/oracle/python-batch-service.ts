/*
Runs jobs of the service python-batch on the local runtime, through the API and to their end: one that succeeds, one that is
aborted, one that fails with its own message, one with documents, and one whose container is killed. Needs python3 (3.10 or later)
and Linux.
Usage: node test/oracle/python-batch-service.ts
Exits with 1 when a job or its container behaves differently.
*/
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isRunning, until } from '../../local/test/fixture/until.ts';
import { uploadedData } from '../e2e/data/uploaded-data.ts';
import { endedJob, type JobBody, statesOf, submitJob } from '../support/local-service/ended-job.ts';
import { startOwnErrand } from '../support/local-service/local-errand.ts';
import { childrenOf, processesNaming } from '../support/processes/processes.ts';
import { runChecks } from './run-checks.ts';
import { sampleStatistics, sampleText } from './word-sample.ts';

const sample = { text: sampleText, top: 3, steps: 4, pause_seconds: 0 };
/** Each step takes longer than the second within which reports are merged into one. */
const unhurried = { ...sample, pause_seconds: 1.2 };
/** Waits for a minute after its first step. */
const slow = { ...sample, pause_seconds: 60 };

/** A container has as much time as on AWS between SIGTERM and SIGKILL, so a container that ends earlier has handled SIGTERM. */
const errand = await startOwnErrand({ delayScale: 1 });

async function submit(parameters: object, more: object = {}): Promise<string> {
  const { id }: JobBody = await submitJob(errand, { service: 'python-batch', parameters, ...more });
  return id;
}

async function jobOf(id: string): Promise<JobBody> {
  return (await errand.call(`/v1/jobs/${id}`)).body;
}

/** Waits until the program has reported from an attempt, and returns its process. */
async function runningProgram(id: string, attempt = 1): Promise<number> {
  await until(`attempt ${attempt} of ${id} reports progress`, async () => {
    const job = await jobOf(id);
    assert.equal(job.finishedAt, undefined, `the job has ended already: ${JSON.stringify(job.error)}`);
    return job.attempt === attempt && job.progress !== undefined;
  });
  return until(`attempt ${attempt} of ${id} is a process`, () => programs(id)[0]);
}

/** The Python processes of a job, all of them below this process, without the shell that watches them. */
function programs(id: string): readonly number[] {
  const own = new Set(childrenOf(process.pid));
  return processesNaming(id).filter((pid) => own.has(pid) && programOf(pid).startsWith('python'));
}

function programOf(pid: number): string {
  try {
    return basename(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '');
  } catch {
    return ''; // It has just ended.
  }
}

/** The steps that a job reports until it has ended, each number once. */
async function stepsSeen(id: string): Promise<readonly number[]> {
  const seen: number[] = [];
  await until(`job ${id} has ended`, async () => {
    const { progress, finishedAt } = await jobOf(id);
    if (progress !== undefined && progress.stepsCompleted !== seen.at(-1)) seen.push(progress.stepsCompleted);
    return finishedAt !== undefined;
  });
  return seen;
}

const checks: Readonly<Record<string, () => Promise<void>>> = {
  async 'a job passes through its states, reports its progress, and succeeds'() {
    const id = await submit(unhurried);
    const seen = await stepsSeen(id);
    const job = await jobOf(id);
    assert.deepEqual([job.status, job.result], ['succeeded', sampleStatistics]);
    const rises = seen.every((step, index) => step > (seen[index - 1] ?? 0));
    assert.ok(rises && seen.length >= 3, `the steps that it reported: ${seen}`);
    assert.deepEqual(
      [job.progress.completion, job.progress.stepsCompleted, job.progress.message],
      [1, 4, '14 of 14 words'],
    );
    assert.deepEqual(await statesOf(errand, id), ['pending', 'scheduled', 'executing', 'succeeded']);
  },
  async 'a job counts the words of its documents, and has a table of all words as output'() {
    const upload = (name: string, text: string) =>
      uploadedData(errand.call, Buffer.from(text), { name, mediaType: 'text/plain' });
    const documents = [(await upload('a.txt', 'The cat\nsaw')).id, (await upload('b.txt', 'the dog')).id];
    const id = await submit({ text: 'the end' }, { inputs: { documents } });
    const { status, result, outputs } = await endedJob(errand, id);
    assert.deepEqual(
      [status, result.words, result.commonest[0]],
      ['succeeded', 7, { word: 'the', count: 3 }],
    );
    const [table] = outputs.counts;
    assert.deepEqual([table.name, table.mediaType, table.complete], ['counts.csv', 'text/csv', true]);
    const { body } = await errand.call(`/v1/data/${table.id}/content?redirect=false`);
    const content = await (await fetch(body.url)).text();
    assert.equal(content, 'word,count\r\nthe,3\r\ncat,1\r\ndog,1\r\nend,1\r\nsaw,1\r\n');
  },
  async 'a container whose job is aborted is notified, and ends'() {
    const id = await submit(slow);
    const program = await runningProgram(id);
    const since = performance.now();
    const response = await errand.call(`/v1/jobs/${id}/abort`, { body: { reason: 'enough' } });
    assert.deepEqual([response.status, response.body.status], [202, 'aborting']);
    await until('the program has ended', () => !isRunning(program));
    assert.ok(performance.now() - since < 5_000, 'the program did not end within 5 s');
    const job = await endedJob(errand, id);
    assert.deepEqual(
      [job.status, job.error.code, job.abort.reason, job.abort.stopped],
      ['aborted', 'aborted', 'enough', 'terminated'],
    );
    assert.deepEqual(await statesOf(errand, id), [
      'pending',
      'scheduled',
      'executing',
      'aborting',
      'aborted',
    ]);
    await until('nothing of the container is left', () => processesNaming(id).length === 0);
  },
  async 'a program that cannot use its parameters fails with its own message'() {
    const job = await endedJob(errand, await submit({ text: '1 2 3' }));
    const { code, detail, attempt, serviceErrorType } = job.error;
    assert.deepEqual(
      [job.status, code, serviceErrorType, detail, attempt],
      ['failed', 'service-failed', 'no-words', 'no-words: The text has no words.', 1],
    );
  },
  async 'a killed container is retried as its policy states'() {
    const retry = { maxAttempts: 2, backoffSeconds: 0, retryOn: ['service-failed'] };
    const id = await submit(unhurried, { retry });
    process.kill(await runningProgram(id), 'SIGKILL');
    const job = await until(`job ${id} is in its second attempt`, async () => {
      const found = await jobOf(id);
      return found.attempt === 2 || found.finishedAt !== undefined ? found : undefined;
    });
    assert.equal(job.attempt, 2, `the job ended with its first attempt: ${JSON.stringify(job.error)}`);
    const { status, result } = await endedJob(errand, id);
    assert.deepEqual([status, result], ['succeeded', sampleStatistics]);
    const { items } = (await errand.call(`/v1/jobs/${id}/attempts`)).body;
    const attempts = items.map((one: JobBody) => [one.number, one.status, one.code, one.exitCode]);
    assert.deepEqual(attempts, [
      [1, 'failed', 'service-failed', 137],
      [2, 'succeeded', undefined, undefined],
    ]);
    assert.notEqual(items[0].dispatcherId, items[1].dispatcherId);
  },
};

try {
  await runChecks(checks);
} finally {
  await errand.end();
}
