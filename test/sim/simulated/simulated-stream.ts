import { countJobs } from '../../../core/events/count-jobs.ts';
import { recordReruns } from '../../../core/jobs/relations/record-reruns.ts';
import { wakeDependents } from '../../../core/jobs/relations/wake-dependents.ts';
import { unlessInjected } from '../faulty.ts';
import type { World } from '../world.ts';
import type { PublisherWorld } from './simulated-log.ts';

/** The table's stream: batches in order, each until it was processed completely; some are repeated or do not wake the reader. */
export async function simulatedStream(
  world: World & PublisherWorld,
  done: () => boolean,
  pause: (usual: number) => number,
): Promise<void> {
  const { time, random, store } = world;
  let position = 0;
  while (!done() || position < store.changes.length) {
    if (position === store.changes.length) {
      await time.sleep(pause(1000));
      continue;
    }
    const changes = store.changes.slice(position, position + random.whole(1, 8));
    const isTaken = await unlessInjected(take(world, changes));
    if (isTaken === true && !random.happens(0.05)) position += changes.length;
  }
}

async function take(world: World & PublisherWorld, changes: World['store']['changes']): Promise<boolean> {
  const ports = world.ports();
  const unpublished = await world.eventLog.publish(world, changes);
  const deadline = world.time.now() + 20_000;
  const isDropped = !world.faultsAreOver() && world.random.happens(0.1);
  if (!isDropped) await wakeDependents(ports, changes, { budgetEndsAt: deadline });
  const unrecorded = await recordReruns(ports, changes, { budgetEndsAt: deadline });
  const uncounted = await countJobs(ports, changes);
  return unpublished.length === 0 && unrecorded.length === 0 && uncounted.length === 0;
}
