import type { Submission } from '../../core/contract/schemas/submission-schemas.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface Use {
  /** Whether it can be a job of the development version. */
  readonly usesSketch: boolean;
  /** IDs of data objects that can be its inputs; undefined in a world without data. */
  readonly data: readonly string[] | undefined;
}

/**
 * A submission to one of the simulated services, with limits so short that each of them is sometimes reached.
 * @param known ids of jobs that can be its parent or its dependencies
 */
export function anySubmission(
  random: SeededRandom,
  known: readonly string[],
  { usesSketch, data }: Use,
): Submission {
  const isBox = random.happens(0.3);
  const slots = data === undefined || random.happens(0.4) ? undefined : anyInputs(random, isBox, data);
  return {
    service: isBox ? 'box' : anyFunction(random, usesSketch),
    parameters: { text: 'x'.repeat(random.happens(0.2) ? 5000 : 10) },
    retry: {
      maxAttempts: random.whole(1, 4),
      backoffSeconds: random.happens(0.2) ? 600 : random.whole(0, 120),
    },
    attemptTimeoutSeconds: isBox ? random.whole(60, 400) : lambdaLimit(random),
    queueTimeoutSeconds: queueLimit(random),
    timeoutSeconds: random.whole(300, 4000),
    ...(random.happens(0.15) ? { start: false } : {}),
    ...relations(random, known),
    ...slots,
  };
}

/** A service with slots, and up to two inputs that existed a moment ago. */
function anyInputs(random: SeededRandom, isBox: boolean, data: readonly string[]): Submission {
  const recent = data.slice(-3);
  const chosen = new Set(recent.filter(() => random.happens(0.5)));
  return { service: isBox ? 'mill' : 'press', inputs: { in: [...chosen] } };
}

function anyFunction(random: SeededRandom, usesSketch: boolean): string {
  if (random.happens(0.3)) return 'patient';
  return usesSketch && random.happens(0.3) ? 'sketch@0.1.0-dev' : 'echo';
}

/** Some are hardly longer than the time between two passes. */
function queueLimit(random: SeededRandom): number {
  if (random.happens(0.3)) return 3000;
  return random.happens(0.3) ? random.whole(60, 65) : random.whole(60, 900);
}

function lambdaLimit(random: SeededRandom): number {
  return random.happens(0.2) ? 300 : random.whole(10, 240);
}

function relations(random: SeededRandom, known: readonly string[]): Submission {
  const any = () => known[random.whole(0, known.length - 1)] ?? '';
  if (known.length === 0) return {};
  return {
    ...(random.happens(0.5) ? { parentId: any() } : {}),
    ...(random.happens(0.3) ? { dependsOn: [...new Set([any(), any()])] } : {}),
  };
}
