/** Profiles a real CSV file with weather data, then shows how a job with a malformed CSV file fails. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asError } from '../core/std/as-error.ts';
import { type Connection, connect } from './connect.ts';
import { followJob } from './follow-job.ts';
import { printProfile } from './print-profile.ts';
import { registerExamples } from './register-examples.ts';

const weather = join(
  dirname(dirname(fileURLToPath(import.meta.resolve('vega-datasets')))),
  'data',
  'seattle-weather.csv',
);
const broken = 'date,temperature\n2026-01-01,3.5\n2026-01-02,"4.0\n2026-01-03,5.1\n';

try {
  const errand = await connect();
  try {
    await demonstrate(errand);
  } finally {
    await errand.stop();
  }
} catch (error) {
  console.error(asError(error).message);
  process.exitCode = 1;
}

async function demonstrate(errand: Connection): Promise<void> {
  console.log(`\nServices: ${(await registerExamples(errand)).join(', ')}`);
  const profiled = await profileWeather(errand);
  console.log('\nEvents of the same job, as its subscribers receive them');
  for (const { sequence, time, type, id } of profiled.events)
    console.log(`  ${sequence}  ${time}  ${type}  ${id}`);
  console.log('\nA malformed CSV file: a quoted value without closing quote');
  const failed = await followJob(errand, submission('broken', broken));
  console.log(`  ${failed.error?.code}: ${failed.error?.detail}`);
  const asExpected =
    profiled.status === 'succeeded' && failed.status === 'failed' && failed.error?.code === 'service-failed';
  if (!asExpected)
    throw new Error(
      `Expected the jobs to end as succeeded and failed; they ended as ${profiled.status} and ${failed.status}`,
    );
}

async function profileWeather(errand: Connection) {
  const csv = readFileSync(weather, 'utf8');
  const rows = csv.trimEnd().split('\n').length - 1;
  console.log(`\nProfile of ${weather.split('/').slice(-3).join('/')} (${rows} rows)`);
  const job = await followJob(errand, submission('seattle-weather', csv));
  if (job.status === 'succeeded') await printProfile(errand, job.id);
  return job;
}

function submission(name: string, csv: string) {
  return { service: 'csv-profile@1.0.0', name, parameters: { csv } };
}
