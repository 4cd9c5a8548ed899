import { reconcileData } from '../../../core/jobs/reconciler/reconcile-data.ts';
import { dyingAfter, unlessInjected } from '../faulty.ts';
import type { World } from '../world.ts';

/** A pass of the reconciler over the data objects, by a process that may die. */
export async function passOverData(world: World): Promise<void> {
  const { random, time } = world;
  const livesFor = random.happens(0.1) ? random.whole(0, 20) : Number.POSITIVE_INFINITY;
  const ports = dyingAfter(world.ports(), livesFor);
  await unlessInjected(reconcileData(ports, { budgetEndsAt: time.now() + 20_000 }));
}
