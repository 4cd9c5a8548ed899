import type { Plan } from './simulate.ts';

/**
 * The plan for a seed: from no faults to one call in three, for 5 to 45 minutes. Every seventh seed replaces the
 * definition of a development version. Of eleven seeds, two have data objects, one has operations on all jobs, and two
 * have webhooks.
 */
export function planFor(seed: number): Plan {
  return {
    seed,
    clients: 5,
    faultProbability: (seed % 6) * 0.06,
    faultsEndAfterSeconds: 300 + (seed % 5) * 600,
    replacesDefinitions: seed % 7 === 3,
    scenarios: seed % 11 === 2 || seed % 11 === 7 ? 3 : 0,
    hasOperations: seed % 11 === 5,
    hasWebhooks: seed % 11 === 6 || seed % 11 === 10,
  };
}
