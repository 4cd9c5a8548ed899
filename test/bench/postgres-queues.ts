import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A job queue on PostgreSQL, with a worker in this process. */
export interface PostgresQueue {
  /** Submits a no-op job and waits until its worker has ended it. */
  runJob(): Promise<void>;
  stop(): Promise<void>;
}

const versions = { 'graphile-worker': '0.18.0', 'pg-boss': '12.38.0' };
const folder = resolve(
  import.meta.dirname,
  '../../.build/postgres-queues',
  Object.values(versions).join('-'),
);

/** Waits for the ends of jobs by their numbers. */
function pendingJobs() {
  const pending = new Map<number, () => void>();
  let last = 0;
  return {
    next: () => ++last,
    ended: (n: number) => new Promise<void>((done) => pending.set(n, done)),
    end: (n: number) => {
      pending.get(n)?.();
      pending.delete(n);
    },
  };
}

/** graphile-worker, which reports a job as complete when its end is committed. */
export async function startGraphileWorker(
  connectionString: string,
  parallel: number,
): Promise<PostgresQueue> {
  const { run } = (await importInstalled('graphile-worker')) as {
    run(options: object): Promise<{
      addJob(task: string, payload: object): Promise<unknown>;
      stop(): Promise<void>;
      events: { on(event: string, listener: (event: { job: { payload: { n: number } } }) => void): void };
    }>;
  };
  const silent = () => () => undefined;
  const { Logger } = (await importInstalled('graphile-worker')) as {
    Logger: new (factory: () => () => void) => object;
  };
  const runner = await run({
    connectionString,
    concurrency: parallel,
    noHandleSignals: true,
    logger: new Logger(silent),
    taskList: { echo: () => undefined },
  });
  const jobs = pendingJobs();
  runner.events.on('job:complete', ({ job }) => jobs.end(job.payload.n));
  return {
    runJob: async () => {
      const n = jobs.next();
      const ended = jobs.ended(n);
      await runner.addJob('echo', { n });
      await ended;
    },
    stop: () => runner.stop(),
  };
}

/** pg-boss, woken by notifications. It has no event for the end of a job, so the time ends when the job's handler returns. */
export async function startPgBoss(connectionString: string, parallel: number): Promise<PostgresQueue> {
  const { PgBoss } = (await importInstalled('pg-boss')) as {
    PgBoss: new (
      options: object,
    ) => {
      on(event: string, listener: (error: unknown) => void): void;
      start(): Promise<unknown>;
      stop(options: object): Promise<void>;
      createQueue(name: string, options: object): Promise<void>;
      send(name: string, data: object): Promise<unknown>;
      work(
        name: string,
        options: object,
        handler: (jobs: readonly { data: { n: number } }[]) => Promise<void>,
      ): Promise<unknown>;
    };
  };
  const boss = new PgBoss({ connectionString, useListenNotify: true });
  boss.on('error', console.error);
  await boss.start();
  await boss.createQueue('echo', { notify: true });
  const jobs = pendingJobs();
  const options = { batchSize: parallel, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
  await boss.work('echo', options, async (batch) => {
    for (const { data } of batch) jobs.end(data.n);
  });
  return {
    runJob: async () => {
      const n = jobs.next();
      const ended = jobs.ended(n);
      await boss.send('echo', { n });
      await ended;
    },
    stop: () => boss.stop({ graceful: false }),
  };
}

/** The packages are installed below `.build` at their first use, because only this benchmark needs them. */
async function importInstalled(name: keyof typeof versions): Promise<unknown> {
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent'], {
      cwd: folder,
      stdio: 'inherit',
    });
    writeFileSync(complete, '');
  }
  const path = createRequire(join(folder, 'package.json')).resolve(name);
  return import(pathToFileURL(path).href);
}
