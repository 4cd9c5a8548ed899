/** What a caller can do about a problem, told by its status; the slug is the stable name of the problem. */
export const problemTypes = {
  'invalid-json': { status: 400, title: 'The body is not valid JSON' },
  'invalid-request': { status: 400, title: 'The request has faults' },
  'bad-cursor': { status: 400, title: 'The cursor does not belong to this list' },
  unauthenticated: { status: 401, title: 'A valid API key is needed' },
  forbidden: { status: 403, title: 'The key does not allow this' },
  'not-found': { status: 404, title: 'Not found' },
  'service-not-found': { status: 404, title: 'No such service' },
  'result-not-ready': { status: 404, title: 'The job has not ended yet' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'job-deleted': { status: 410, title: 'The job was deleted' },
  'ambiguous-version': { status: 409, title: 'Several versions match' },
  'already-ended': { status: 409, title: 'The job has ended already' },
  'illegal-transition': { status: 409, title: "The job's state does not allow this" },
  'job-not-ready': { status: 409, title: 'The draft is not complete' },
  'stale-attempt': { status: 409, title: 'The attempt is not, or no longer, the current one' },
  'parent-ended': { status: 409, title: 'The parent job takes no more sub-jobs' },
  'log-out-of-reach': { status: 409, title: 'The log cannot be read from here' },
  'job-running': { status: 409, title: 'The job has not ended' },
  'job-has-dependents': { status: 409, title: 'Other jobs need this one' },
  'version-immutable': { status: 409, title: 'A version that jobs have used cannot change' },
  'service-in-use': { status: 409, title: 'Jobs have used this version' },
  'precondition-failed': { status: 412, title: 'A precondition is not met' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'invalid-parameters': { status: 422, title: "The parameters break the service's schema" },
  'unknown-job': { status: 422, title: 'The request names a job that is not there' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key came with another request' },
  'schema-invalid': { status: 422, title: 'The definition cannot be used' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemSlug = keyof typeof problemTypes;

const problemBase = 'https://errand.dev/problems/';

/** URI that names a kind of problem, as the `type` member of RFC 9457. */
export function problemUri(slug: string): string {
  return `${problemBase}${slug}`;
}
