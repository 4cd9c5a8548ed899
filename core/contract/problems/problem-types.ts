/** All problem types by slug, the stable name of a problem, with their HTTP status and title. */
export const problemTypes = {
  'invalid-json': { status: 400, title: 'The body is not valid JSON' },
  'invalid-request': { status: 400, title: 'The request is invalid' },
  'bad-cursor': { status: 400, title: 'The cursor does not belong to this list' },
  unauthenticated: { status: 401, title: 'Valid credentials are required' },
  forbidden: { status: 403, title: 'The API key does not allow this request' },
  'not-found': { status: 404, title: 'Not found' },
  'service-not-found': { status: 404, title: 'Service not found' },
  'slot-not-found': { status: 404, title: 'The service has no such slot' },
  'result-not-ready': { status: 404, title: 'The job has not ended yet' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'job-deleted': { status: 410, title: 'The job was deleted' },
  'position-expired': { status: 410, title: 'The event log no longer contains this position' },
  'data-deleted': { status: 410, title: 'The data object was deleted' },
  'ambiguous-version': { status: 409, title: 'Several versions match' },
  'already-ended': { status: 409, title: 'The job has already ended' },
  'operation-ended': { status: 409, title: 'The operation has already ended' },
  'illegal-transition': { status: 409, title: "The job's state does not allow this operation" },
  'job-not-ready': { status: 409, title: 'The draft is incomplete' },
  'stale-attempt': { status: 409, title: 'The attempt is not the current attempt of the job' },
  'parent-ended': { status: 409, title: 'The parent job accepts no more sub-jobs' },
  'log-out-of-reach': { status: 409, title: 'The log is not accessible' },
  'event-log-off': { status: 409, title: 'This deployment has no event log' },
  'job-running': { status: 409, title: 'The job has not ended' },
  'job-has-dependents': { status: 409, title: 'Other jobs need this job' },
  'data-in-use': { status: 409, title: 'Jobs use this data object' },
  'data-not-available': { status: 409, title: 'The data object has no content' },
  'upload-incomplete': { status: 409, title: 'The upload is incomplete' },
  'version-immutable': { status: 409, title: 'A version that a job has used cannot be changed' },
  'service-in-use': { status: 409, title: 'A version that a job has used cannot be deleted' },
  'too-many-webhooks': { status: 409, title: 'The tenant has the maximum number of webhooks' },
  'webhook-disabled': { status: 409, title: 'The webhook is disabled' },
  'precondition-failed': { status: 412, title: 'Precondition failed' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'invalid-parameters': { status: 422, title: "The parameters do not match the service's schema" },
  'invalid-metadata': { status: 422, title: "The metadata does not match the service's indexed members" },
  'invalid-inputs': { status: 422, title: "The inputs do not match the service's slots" },
  'checksum-mismatch': { status: 422, title: 'The content does not have the expected checksum' },
  'unknown-job': { status: 422, title: 'The request refers to a job that does not exist' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key was used for a different request' },
  'schema-invalid': { status: 422, title: 'The service definition is invalid' },
  'quota-exceeded': { status: 429, title: 'A limit of the tenant is reached' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemSlug = keyof typeof problemTypes;

const problemBase = 'https://errand.dev/problems/';

/** URI of a problem type, for the `type` member (RFC 9457). */
export function problemUri(slug: string): string {
  return `${problemBase}${slug}`;
}
