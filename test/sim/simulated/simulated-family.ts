import { startJob } from '../../../core/jobs/submission/start-job.ts';
import { submitJob } from '../../../core/jobs/submission/submit-job.ts';
import { untilServed } from '../until-served.ts';
import type { World } from '../world.ts';
import type { Client } from './simulated-client.ts';
import { type Deletion, simulateDelete } from './simulated-delete.ts';

/** The outcome of a family that is deleted during other calls about its jobs. */
export interface TroubledFamily {
  readonly clients: readonly Client[];
  readonly deletion: Deletion;
}

/**
 * Adds a draft as a sub-job to a draft, and deletes both while other callers start the sub-job and submit a
 * job that depends on it: all within seconds, because a call between two steps of a deletion would otherwise be rare.
 */
export async function simulateTroubledFamily(
  world: World,
  { name, parentId }: { readonly name: string; readonly parentId: string },
): Promise<TroubledFamily> {
  const { random, time } = world;
  const child = await submitAs(world, `${name}-kept`, { parentId, start: false });
  const [childId] = child.results.map(({ jobId }) => jobId);
  const soon = () => time.sleep(random.whole(0, 8000));
  const start = async () => {
    await soon();
    if (childId === undefined || random.happens(0.4)) return;
    await untilServed(() => startJob(world.ports(), { key: { tenant: 'local', jobId: childId } }));
  };
  const need = async () => {
    await soon();
    if (childId === undefined || random.happens(0.4)) return [];
    return [await submitAs(world, `${name}-needy`, { dependsOn: [childId] })];
  };
  const remove = async () => {
    await soon();
    return simulateDelete(world, parentId);
  };
  const [deletion, needy] = await Promise.all([remove(), need(), start()]);
  return { clients: [child, ...needy], deletion };
}

async function submitAs(
  world: World,
  name: string,
  wanted: { readonly parentId?: string; readonly dependsOn?: readonly string[]; readonly start?: false },
): Promise<Client> {
  const submission = {
    service: 'echo',
    name,
    timeoutSeconds: 1200,
    ...wanted,
    dependsOn: [...(wanted.dependsOn ?? [])],
  };
  const input = { tenant: 'local', owner: 'client', submission };
  const received = await untilServed(() => submitJob(world.ports(), input));
  const answers = received === 'refused' ? [] : [{ jobId: received.job.id, replayed: received.replayed }];
  return { name, hasKey: false, results: answers, submission, isChild: true };
}
