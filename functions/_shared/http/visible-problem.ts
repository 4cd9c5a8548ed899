import { type ProblemError, toProblem } from '../../../core/contract/problems/problem-error.ts';
import type { Problem } from '../../../core/contract/problems/problem-schema.ts';
import type { ProblemSlug } from '../../../core/contract/problems/problem-types.ts';
import type { Scope } from '../../../core/contract/routes/route.ts';

/** Problems that name services and versions, or jobs, beside those of the request. */
const readScopes: { readonly [Slug in ProblemSlug]?: Scope } = {
  'service-not-found': 'services:read',
  'ambiguous-version': 'services:read',
  'job-deleted': 'jobs:read',
  'job-not-ready': 'jobs:read',
  'job-running': 'jobs:read',
  'job-has-dependents': 'jobs:read',
};

/** Problems that describe what a request holds; of a rerun or an edit that is what the stored job holds. */
const ofContent: readonly ProblemSlug[] = [
  'service-not-found',
  'ambiguous-version',
  'invalid-parameters',
  'unknown-job',
  'parent-ended',
];

export interface ProblemViewer {
  /** Of the key; undefined without one: the holder of an attempt is shown all. */
  readonly scopes: readonly string[] | undefined;
  /** Whether the request is about a job that is stored, and so may be another caller's. */
  readonly ofStoredJob: boolean;
}

/** A problem as far as the caller's key may read what it describes: else its kind, and the scope that is missing. */
export function visibleProblem(error: ProblemError, { scopes, ofStoredJob }: ProblemViewer): Problem {
  const ofJob = ofStoredJob && ofContent.includes(error.slug) ? 'jobs:read' : undefined;
  const missing = [ofJob, readScopes[error.slug]].find(
    (scope) => scope !== undefined && scopes !== undefined && !scopes.includes(scope),
  );
  const problem = toProblem(error);
  if (missing === undefined) return problem;
  const { type, title, status } = problem;
  return { type, title, status, detail: `Only a key with the scope ${missing} is shown more` };
}
