/*
`DATABASE_URL=postgres://… npm run bench:compare [-- ROUNDS]`: measures Errand, graphile-worker and pg-boss with the same load of no-op
jobs, one after the other in each round, so that a change of the machine's speed affects all of them. Prints the median of the rounds.
The database must be empty; see docs/guides/performance.md.
*/
import { type Load, measure, percentile } from './measure.ts';
import { startMeasuredService } from './measured-service.ts';
import { startGraphileWorker, startPgBoss } from './postgres-queues.ts';

const rounds = Number(process.argv[2] ?? '3');
const connectionString = process.env['DATABASE_URL'];
if (connectionString === undefined)
  throw new Error('Set DATABASE_URL to the URL of an empty PostgreSQL database');

const warmUp: Load = { jobs: 200, parallel: 16 };
const idle: Load = { jobs: 200, parallel: 1 };
const load: Load = { jobs: 1000, parallel: 16 };

interface Queue {
  runJob(): Promise<void>;
  stop(): Promise<void>;
}

const queues: Readonly<Record<string, () => Promise<Queue>>> = {
  Errand: () => startMeasuredService(),
  'graphile-worker': () => startGraphileWorker(connectionString, load.parallel),
  'pg-boss': () => startPgBoss(connectionString, load.parallel),
};

const rows = new Map<string, Array<readonly number[]>>();
for (let round = 1; round <= rounds; round += 1) {
  for (const [name, start] of Object.entries(queues)) {
    const figures = await measureQueue(start);
    rows.set(name, [...(rows.get(name) ?? []), figures]);
    console.log(`round ${round}  ${name}: ${figures.map((figure) => figure.toFixed(1)).join(' ')}`);
  }
}
console.log(
  '\n| queue | jobs a second | p50 under load | p95 under load | p50 idle | p95 idle |\n|---|---|---|---|---|---|',
);
for (const [name, measured] of rows) {
  const medians = [0, 1, 2, 3, 4].map((index) =>
    percentile(
      measured.map((figures) => figures[index] ?? 0),
      0.5,
    ),
  );
  const [rate = 0, ...times] = medians;
  console.log(
    `| ${name} | ${rate.toFixed(0)} | ${times.map((time) => `${time.toFixed(1)} ms`).join(' | ')} |`,
  );
}

async function measureQueue(start: () => Promise<Queue>): Promise<readonly number[]> {
  const queue = await start();
  try {
    await measure(warmUp, queue.runJob);
    const alone = await measure(idle, queue.runJob);
    const { times, seconds } = await measure(load, queue.runJob);
    const at = (values: readonly number[]) => [percentile(values, 0.5), percentile(values, 0.95)];
    return [load.jobs / seconds, ...at(times), ...at(alone.times)];
  } finally {
    await queue.stop();
  }
}
