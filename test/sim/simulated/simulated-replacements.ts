import { registerService } from '../../../core/services/register-service.ts';
import { untilServed } from '../until-served.ts';
import type { World } from '../world.ts';
import { editions, sketch, sketchDefinition } from './simulated-sketch.ts';

/** Replaces the definition of a development version several times while jobs use it, also by one that it had before. */
export async function simulateReplacements(world: World): Promise<void> {
  const { random, time } = world;
  for (let left = random.whole(0, 12); left > 0; left -= 1) {
    await time.sleep(random.whole(0, 90_000));
    const definition = sketchDefinition(random.whole(0, editions.length - 1));
    await untilServed(() => registerService(world.ports(), { ...sketch, definition }));
  }
}
