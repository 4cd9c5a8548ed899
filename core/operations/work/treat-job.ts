import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { ProblemSlug } from '../../contract/problems/problem-types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import { asError } from '../../std/as-error.ts';
import { SliceFullError } from '../elements/slice-checks.ts';
import type { Operation, Refusal } from '../model/operation.ts';
import type { SliceItem } from './read-slice.ts';
import type { TransientErrors } from './step.ts';

export interface TreatJobDeps extends TransientErrors {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: Pick<Random, 'fraction'>;
  readonly log: Log;
}

/**
 * `busy`: the job could not be treated at the moment, because a service was busy or unreachable; `error`: it could not be treated for
 * a reason that is unknown, such as a fault in the job's record. Neither is an answer to the action.
 */
export type JobOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly problem: Refusal['problem'] }
  | { readonly kind: 'busy' | 'error' };

const maxTries = 3;
const firstPauseMs = 200;

/** Problems that report the state of Errand and not of the job, so that another try can succeed. */
const busyProblems: readonly ProblemSlug[] = ['unavailable', 'rate-limited'];

/** Limit of a stored detail; a problem may quote values of the caller. */
const maxDetailLength = 1000;

/**
 * Applies the action of an operation to one job or element; three tries with growing, random pauses. Undefined if its slice has no
 * time left for a check. Throws nothing.
 */
export async function treatJob(
  deps: TreatJobDeps,
  operation: Operation,
  { subject, act }: SliceItem,
): Promise<JobOutcome | undefined> {
  for (let tried = 1; ; tried += 1) {
    try {
      await act();
      return { kind: 'done' };
    } catch (error) {
      if (error instanceof SliceFullError) return undefined;
      const failure = failureOf(deps, error);
      if (failure instanceof ProblemError) return { kind: 'refused', problem: problemOf(failure) };
      if (tried === maxTries) {
        const fields = { operationId: operation.id, ...subject, error: asError(error) };
        deps.log.warn('operation-job-failed', fields);
        return { kind: failure };
      }
      await deps.clock.sleep(Math.round(firstPauseMs * 4 ** (tried - 1) * (0.5 + deps.random.fraction())));
    }
  }
}

/** The problem of a refused job, or why a job could not be treated. */
function failureOf({ isTransient }: TransientErrors, error: unknown): ProblemError | 'busy' | 'error' {
  if (!(error instanceof ProblemError)) return isTransient(error) ? 'busy' : 'error';
  if (busyProblems.includes(error.slug)) return 'busy';
  return error.slug === 'internal' ? 'error' : error;
}

/** The problem with its first violation, because only its slug and its detail are stored. */
function problemOf({ slug, message, extension }: ProblemError): Refusal['problem'] {
  const [first] = extension.errors ?? [];
  const isOneOfMany = first !== undefined && !message.includes(first.detail);
  const detail = isOneOfMany ? `${message}: ${first.pointer || 'The body'}: ${first.detail}` : message;
  return { slug, detail: detail.slice(0, maxDetailLength).toWellFormed() };
}
