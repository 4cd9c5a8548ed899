/**
 * Runs Batch in its own process until it is killed. Submits a job that runs until it is stopped and a job
 * that waits for it, and reports both on standard output. Arguments: assembly, data folder, attempts of the
 * first job.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBatch } from '../../batch/start-batch.ts';
import { until } from '../fixture/until.ts';
import { loadBatchModel } from './batch-stack.ts';

const [assembly = '', dataDirectory = '', attempts = '1'] = process.argv.slice(2);
const batch = startBatch({
  model: loadBatchModel(assembly),
  dataDirectory,
  publish: ({ detail }) => void process.stdout.write(`event ${String(detail['status'])}\n`),
  environmentFor: () => ({}),
});

async function call(operation: string, body: object): Promise<Record<string, unknown>> {
  const request = {
    method: 'POST',
    url: `/v1/${operation}`,
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
    principal: { kind: 'operator' },
  } as const;
  return JSON.parse(String((await batch.handle(request)).body)) as Record<string, unknown>;
}

const base = { jobQueue: 'jobs', jobDefinition: 'work' };
const command = ['sh', '-c', 'sleep 600 & echo $$ $!; wait'];
const first = await call('submitjob', {
  ...base,
  jobName: 'first',
  containerOverrides: { command },
  retryStrategy: { attempts: Number(attempts) },
});
const second = await call('submitjob', { ...base, jobName: 'second' });
const stream = await until('the first job runs', async () => {
  const { jobs } = (await call('describejobs', { jobs: [first['jobId']] })) as {
    jobs: ReadonlyArray<{ status: string; container: { logStreamName?: string } }>;
  };
  return jobs[0]?.status === 'RUNNING' ? jobs[0].container.logStreamName : undefined;
});
const pids = await until('it has written', () =>
  readFileSync(join(dataDirectory, 'logs', 'batch', `${stream}.log`), 'utf8').trim(),
);
process.stdout.write(`ready ${String(first['jobId'])} ${String(second['jobId'])} ${pids}\n`);
