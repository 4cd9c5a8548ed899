import { dynamoIdempotencyStore } from '../../aws/dynamodb/dynamo-idempotency-store.ts';
import { dynamoJobLinks } from '../../aws/dynamodb/dynamo-job-links.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import type { SubmitJobDeps } from '../../core/jobs/submission/submit-job.ts';
import type { Settings } from '../../core/ports/settings.ts';
import { newJobResponse } from '../_shared/http/new-job-response.ts';
import { type ChildCall, submitChildFor } from '../_shared/worker/submit-child.ts';

/** A request for a sub-job at the function URL. */
export interface ChildAtUrlCall extends Omit<ChildCall, 'deps'> {
  readonly deps: Omit<SubmitJobDeps, 'links' | 'idempotency'> & {
    readonly settings: Pick<Settings, 'apiBaseUrl'>;
  };
  readonly table: Table;
}

/**
 * Submits a sub-job and responds at once. A wait is only a preference (RFC 7240), and a function is billed
 * while a request waits.
 */
export function submitChildAtUrl({ table, ...call }: ChildAtUrlCall) {
  const deps = { ...call.deps, links: dynamoJobLinks(table), idempotency: dynamoIdempotencyStore(table) };
  return submitChildFor({ ...call, deps }, (submitted) =>
    newJobResponse(deps, submitted, {
      baseUrl: deps.settings.apiBaseUrl,
      isReader: true,
      now: deps.clock.now(),
    }),
  );
}
