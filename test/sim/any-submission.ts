import type { Submission } from '../../core/contract/job-schemas.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A submission to the simulated service, with limits so short that each of them is reached now and then. */
export function anySubmission(random: SeededRandom): Submission {
  return {
    service: 'echo',
    parameters: { text: 'x'.repeat(random.happens(0.2) ? 5000 : 10) },
    retry: { maxAttempts: random.whole(1, 4), backoffSeconds: random.whole(0, 60) },
    attemptTimeoutSeconds: random.happens(0.2) ? 300 : random.whole(10, 240),
    queueTimeoutSeconds: random.whole(60, 900),
    timeoutSeconds: random.whole(300, 3000),
  };
}
