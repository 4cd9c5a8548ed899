import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { commitOf, freshSeeds } from './fresh-seeds.ts';
import { type Failure, runSeed } from './run-seed.ts';

/** The message of a thread about one seed. */
type SeedMessage =
  | { readonly seed: number; readonly failure: Failure }
  | { readonly seed: number; readonly ends: readonly string[] };

interface Share {
  readonly from: number;
  readonly seeds: number;
  readonly step: number;
}

/**
 * `npm run sim -- --seeds N [--from S | --fresh] [--first]`: simulates N seeds on all cores; exit 1 when one violated an
 * invariant. With `--fresh` the range belongs to the commit and was never run; with `--first` it stops at the first failed
 * seed.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '300' },
      from: { type: 'string', default: '0' },
      fresh: { type: 'boolean', default: false },
      first: { type: 'boolean', default: false },
    },
  });
  const seeds = Number(values.seeds);
  const from = values.fresh ? announceFresh(seeds) : Number(values.from);
  if (!Number.isInteger(seeds) || seeds < 1 || !Number.isInteger(from) || from < 0)
    throw new Error('Give --seeds a whole number from 1, and --from one from 0');
  const began = Date.now();
  const ends = new Map<string, number>();
  const failures: Failure[] = [];
  const threads = Math.min(availableParallelism(), seeds);
  const shares = Array.from({ length: threads }, (_, index) => ({
    from: from + index,
    seeds,
    step: threads,
  }));
  await Promise.all(
    shares.map((share) =>
      runShare({ ...share, seeds: from + seeds }, (message) => {
        if ('failure' in message) {
          failures.push(message.failure);
          if (values.first) giveUp(failures);
        } else for (const end of message.ends) ends.set(end, (ends.get(end) ?? 0) + 1);
      }),
    ),
  );
  for (const failure of failures.slice(0, 3)) print(failure);
  const jobs = [...ends.values()].reduce((sum, count) => sum + count, 0);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`${seeds} seeds, ${jobs} jobs, ${failures.length} broken, ${seconds} s`);
  for (const [end, count] of [...ends].sort(([, one], [, other]) => other - one))
    console.log(`  ${String(count).padStart(8)} ${end}`);
  if (failures.length > 0) {
    console.log(`Broken seeds: ${failures.map(({ seed }) => seed).join(', ')}`);
    console.log('To repeat one: npm run sim -- --seeds 1 --from <seed>');
    process.exitCode = 1;
  }
}

/** The first seed of a fresh range, after the command that repeats it is printed. */
function announceFresh(seeds: number): number {
  const { from, source } = freshSeeds(commitOf(fileURLToPath(new URL('.', import.meta.url))), Date.now());
  console.log(
    `Seeds from ${from}, made of ${source}. To repeat: npm run sim -- --seeds ${seeds} --from ${from}`,
  );
  return from;
}

/** The other threads end with the process. */
function giveUp([failure]: readonly Failure[]): never {
  if (failure !== undefined) print(failure);
  process.exit(1);
}

function runShare(share: Share, onMessage: (message: SeedMessage) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.on('message', onMessage);
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
}

async function simulateShare({ from, seeds, step }: Share): Promise<void> {
  for (let seed = from; seed < seeds; seed += step) {
    const outcome = await runSeed(seed);
    const message: SeedMessage =
      'message' in outcome
        ? { seed, failure: outcome }
        : { seed, ends: outcome.jobs.map(({ status, failure }) => failure?.code ?? status) };
    parentPort?.postMessage(message);
  }
}

function print({ seed, clients, message, trace }: Failure): void {
  console.log(`Seed ${seed} with ${clients} clients: ${message}`);
  for (const line of trace) console.log(`    ${line}`);
}

// A thread runs this module too.
await (isMainThread ? main() : simulateShare(workerData as Share));
