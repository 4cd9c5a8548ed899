/** The main job on real input: profiles a table of weather, then shows how a broken table fails. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from './connect.ts';
import { followJob } from './follow-job.ts';
import { printProfile } from './print-profile.ts';
import { registerExamples } from './register-examples.ts';

const weather = join(
  dirname(dirname(fileURLToPath(import.meta.resolve('vega-datasets')))),
  'data',
  'seattle-weather.csv',
);
const broken = 'date,temperature\n2026-01-01,3.5\n2026-01-02,"4.0\n2026-01-03,5.1\n';

const errand = await connect();
try {
  console.log(`\nServices: ${(await registerExamples(errand)).join(', ')}`);
  const csv = readFileSync(weather, 'utf8');
  console.log(
    `\nProfile of ${weather.split('/').slice(-3).join('/')} (${csv.trimEnd().split('\n').length - 1} rows)`,
  );
  const profiled = await followJob(errand, {
    service: 'csv-profile@1.0.0',
    name: 'seattle-weather',
    parameters: { csv },
  });
  await printProfile(errand, profiled.id);
  console.log('\nThe same job, as its subscribers saw it');
  for (const event of profiled.events)
    console.log(`  ${event.sequence}  ${event.time}  ${event.type}  ${event.id}`);
  console.log('\nA broken table: a quote that is never closed');
  const failed = await followJob(errand, {
    service: 'csv-profile@1.0.0',
    name: 'broken',
    parameters: { csv: broken },
  });
  console.log(`  ${failed.error?.code}: ${failed.error?.detail}`);
  const asExpected =
    profiled.status === 'succeeded' && failed.status === 'failed' && failed.error?.code === 'service-failed';
  if (!asExpected) throw new Error(`The jobs ended as ${profiled.status} and ${failed.status}`);
} finally {
  await errand.stop();
}
