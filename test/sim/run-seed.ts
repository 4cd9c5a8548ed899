import { asError } from '../../core/std/as-error.ts';
import { checkOutcome } from './check-outcome.ts';
import { planFor } from './plan.ts';
import { type Outcome, type Plan, simulate } from './simulate.ts';

/** The report of a seed that violated an invariant. */
export interface Failure {
  readonly seed: number;
  /** The smallest number of clients that still fails. */
  readonly clients: number;
  readonly message: string;
  /** One line per call, in the order of time; only calls about the failing job when one can be named. */
  readonly trace: readonly string[];
}

/** Simulates a seed and checks the outcome; after a failure it searches for the fewest clients that also fail. */
export async function runSeed(seed: number): Promise<Failure | Outcome> {
  const plan = planFor(seed);
  const whole = await tryPlan(plan);
  if (!('message' in whole)) return whole;
  for (let clients = 1; clients < plan.clients; clients += 1) {
    const smaller = await tryPlan({ ...plan, clients });
    if ('message' in smaller) return smaller;
  }
  return whole;
}

async function tryPlan(plan: Plan): Promise<Failure | Outcome> {
  const trace: string[] = [];
  try {
    const outcome = await simulate(plan, trace);
    checkOutcome(outcome);
    return outcome;
  } catch (error) {
    const message = asError(error).message;
    const where = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 5) : [];
    return {
      seed: plan.seed,
      clients: plan.clients,
      message: [message, ...where].join('\n'),
      trace: linesOf(message, trace),
    };
  }
}

/** The lines about the job that the message names, or the last ones. */
function linesOf(message: string, trace: readonly string[]): readonly string[] {
  const jobId = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(message)?.[0];
  return jobId === undefined ? trace.slice(-60) : trace.filter((line) => line.includes(jobId));
}
