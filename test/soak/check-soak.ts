import assert from 'node:assert/strict';
import { isTerminal, type JobStatus } from '../../core/contract/job-state.ts';
import { type JobBody, statesOf } from '../support/local-service/ended-job.ts';
import { inParallel, type SoakClient } from './soak-client.ts';
import { checkSoakJob } from './soak-mix.ts';

/**
 * Throws unless every acknowledged submission created one job, which is listed once and reached an end that its kind allows, and
 * all jobs and sub-jobs ended once. Returns their number by state.
 */
export async function checkSoak(
  client: SoakClient,
  acknowledged: ReadonlyMap<number, string>,
  all: readonly JobBody[],
): Promise<Record<string, number>> {
  const ids = new Set(all.map(({ id }) => id as string)); // an id is text
  assert.equal(ids.size, all.length, 'a job is listed twice');
  const roots = all.filter(({ parentId }) => parentId === undefined);
  assert.equal(roots.length, acknowledged.size, 'a submission created more or less than one job');
  const submitted = [...acknowledged];
  await inParallel(submitted.length, async (index) => {
    const [number, id] = submitted[index] ?? [0, ''];
    assert(ids.has(id), `job ${number} (${id}) was acknowledged and is lost`);
    checkSoakJob(number, (await client.call(`/v1/jobs/${id}`)).body);
  });
  await inParallel(all.length, async (index) => checkHistory(client, all[index]));
  return Object.fromEntries(
    [...Map.groupBy(all, ({ status }) => String(status))].map(([status, jobs]) => [status, jobs.length]),
  );
}

async function checkHistory(client: SoakClient, { id, status }: JobBody): Promise<void> {
  const states = await statesOf(client, id);
  const ends = states.filter((state) => isTerminal(state as JobStatus)); // the log contains transitions of a job, by their states
  assert.deepEqual(ends, [status], `${id}: ${states.join()}`);
  assert.equal(states.at(-1), status, `${id}: ${states.join()}`);
}
