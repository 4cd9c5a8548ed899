import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asError } from '../../core/std/as-error.ts';
import { type Connection, connect } from '../connect.ts';
import { type EndedJob, followJob } from '../jobs/follow-job.ts';
import { submitJob } from '../jobs/job-calls.ts';
import { onStop } from '../on-stop.ts';
import { registerExamples } from '../register-examples.ts';
import { wrap } from '../terminal/layout.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import { stepOn } from '../terminal/step.ts';
import { demonstrateData, requireStatus } from './demonstrate-data.ts';

const weather = join(
  dirname(dirname(fileURLToPath(import.meta.resolve('vega-datasets')))),
  'data',
  'seattle-weather.csv',
);
const broken = 'date,temperature\n2026-01-01,3.5\n2026-01-02,"4.0\n2026-01-03,5.1\n';
/** Long enough to see several reports of its progress. */
const load = { duration_seconds: 4, target_cpu_percent: 25 };

/** Connects to the running Errand or starts one, runs the demo, and sets the exit status to 1 if it failed. */
export async function runDemo(): Promise<void> {
  const screen = createScreen();
  onStop((exitStatus) => {
    screen.clearLive();
    process.exit(exitStatus);
  });
  const step = stepOn(screen);
  try {
    const errand = await connect(screen, step);
    try {
      const services = await step('Registering the example services', () => registerExamples(errand));
      for (const line of wrap(services.join(', '), 2)) screen.print(line);
      await demonstrate(errand, screen);
    } finally {
      await errand.stop();
    }
    screen.print('\nTo go on: run `npm start`, and follow the walk-through in README.md.');
  } catch (error) {
    console.error(asError(error).message);
    process.exitCode = 1;
  }
}

async function demonstrate(errand: Connection, screen: Screen): Promise<void> {
  const title = (text: string) => screen.print(`\n${screen.style('bold', text)}`);
  await demonstrateData(errand, screen, weather);

  title(`A job that reports its progress: ${load.duration_seconds} s of work on a quarter of a processor`);
  requireStatus(await run(errand, screen, submission('cpu-load', load)), 'succeeded');

  title('A job that fails: its CSV file has a quote that is never closed');
  const failed = await run(errand, screen, submission('csv-profile', { csv: broken }));
  requireStatus(failed, 'failed');
  for (const line of wrap(`${failed.error?.code}: ${failed.error?.detail}`, 2)) screen.print(line);
  screen.print();
}

async function run(errand: Connection, screen: Screen, body: object): Promise<EndedJob> {
  return followJob(errand, screen, await submitJob(errand, body));
}

function submission(service: string, parameters: object) {
  return { service: `${service}@1.0.0`, name: 'demo', parameters };
}
