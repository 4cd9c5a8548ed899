import { type ProblemError, toProblem } from '../../../core/contract/problems/problem-error.ts';
import type { Problem } from '../../../core/contract/problems/problem-schema.ts';
import type { ProblemSlug } from '../../../core/contract/problems/problem-types.ts';
import type { Scope } from '../../../core/contract/routes/route.ts';

/**
 * The scope that a caller needs to see problems that mention services, versions or jobs not in the request.
 */
const readScopes: { readonly [Slug in ProblemSlug]?: Scope } = {
  'service-not-found': 'services:read',
  'ambiguous-version': 'services:read',
  'job-deleted': 'jobs:read',
  'job-not-ready': 'jobs:read',
  'job-running': 'jobs:read',
  'job-has-dependents': 'jobs:read',
  'data-in-use': 'jobs:read',
  'data-deleted': 'data:read',
  'invalid-inputs': 'data:read',
};

/**
 * Problems that describe the content of a submission. For a rerun, start or edit, that is the content of the
 * stored job.
 */
const contentProblems: readonly ProblemSlug[] = [
  'service-not-found',
  'ambiguous-version',
  'invalid-parameters',
  'invalid-metadata',
  'invalid-inputs',
  'unknown-job',
  'parent-ended',
];

/** The caller that receives a problem. */
export interface ProblemViewer {
  /** Scopes of the API key; undefined for a worker, which sees everything. */
  readonly scopes: readonly string[] | undefined;
  /** Whether the request refers to a stored job, which another caller may have submitted. */
  readonly refersToStoredJob: boolean;
}

/**
 * The problem as the caller may see it: complete, or without its details if the API key lacks the scope to
 * read what they describe. `detail` then states the missing scope.
 */
export function visibleProblem(error: ProblemError, { scopes, refersToStoredJob }: ProblemViewer): Problem {
  const contentScope = refersToStoredJob && contentProblems.includes(error.slug) ? 'jobs:read' : undefined;
  const missing = [contentScope, readScopes[error.slug]].find(
    (scope) => scope !== undefined && scopes !== undefined && !scopes.includes(scope),
  );
  const problem = toProblem(error);
  if (missing === undefined) return problem;
  const { type, title, status } = problem;
  return {
    type,
    title,
    status,
    detail: `The details are visible only with an API key that has the scope ${missing}`,
  };
}
