/*
`npm run bench:local [-- [--jobs N] [--parallel N] [--profile]]`: measures `npm start` as a separate process with no-op jobs, which
a client submits and long-polls. Prints the idle latency, the rate and latency under load, the processor time of a job by thread, and
the resident memory; the figures have no limits. `--profile` also prints where each thread spends its time; the jobs then take longer.
Needs Linux for processor time and memory.
*/
import { parseArgs } from 'node:util';
import { freePort } from '../../local/free-port.ts';
import { printProfiles, profileThreads } from './cpu-profile.ts';
import { type Load, type Measured, measure, percentile } from './measure.ts';
import { startMeasuredService } from './measured-service.ts';
import { type ProcessorTime, processorTime, residentMiB, since } from './process-usage.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '1000' },
    parallel: { type: 'string', default: '16' },
    profile: { type: 'boolean', default: false },
  },
});
const load: Load = { jobs: Number(values.jobs), parallel: Number(values.parallel) };
const warmUp: Load = { jobs: 100, parallel: load.parallel };
const idle: Load = { jobs: 200, parallel: 1 };

const inspectorPort = values.profile ? await freePort() : undefined;
const service = await startMeasuredService(
  inspectorPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectorPort}`],
);
try {
  print('start', `ready after ${(service.readyMs / 1000).toFixed(1)} s, ${memory()}`);
  await measure(warmUp, service.runJob);
  print('idle', latencies(await measure(idle, service.runJob)), `${idle.jobs} jobs, one at a time`);
  const stopProfiling = inspectorPort === undefined ? undefined : await profileThreads(inspectorPort);
  const before = processorTime(service.processes());
  const measured = await measure(load, service.runJob);
  const used = since(before, processorTime(service.processes()));
  const rate = `${(load.jobs / measured.seconds).toFixed(0)} jobs a second`;
  print('load', `${rate}, ${latencies(measured)}`, `${load.jobs} jobs, ${load.parallel} at a time`);
  printProcessorTime(used);
  print('memory', memory(), `after ${warmUp.jobs + idle.jobs + load.jobs} jobs`);
  printProfiles((await stopProfiling?.()) ?? [], load.jobs);
} finally {
  await service.stop();
}

function print(what: string, figures: string, how = ''): void {
  console.log(`${what.padEnd(10)} ${figures}${how === '' ? '' : ` (${how})`}`);
}

function latencies({ times }: Measured): string {
  const at = (share: number) => `${percentile(times, share).toFixed(1)} ms`;
  return `p50 ${at(0.5)}, p95 ${at(0.95)}`;
}

function printProcessorTime(used: ProcessorTime): void {
  const perJob = [...used].map(([name, ms]) => [name, ms / load.jobs] as const);
  const total = perJob.reduce((sum, [, ms]) => sum + ms, 0);
  const parts = perJob
    .filter(([, ms]) => ms >= 0.05)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
  print('processor', `${total.toFixed(1)} ms a job: ${parts.join(', ')}`);
}

function memory(): string {
  const [own = 0, ...below] = service.processes();
  return `resident ${residentMiB([own])} MiB, processes below it ${residentMiB(below)} MiB`;
}
