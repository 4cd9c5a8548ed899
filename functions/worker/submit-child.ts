import { dynamoIdempotencyStore } from '../../aws/dynamodb/dynamo-idempotency-store.ts';
import { dynamoJobLinks } from '../../aws/dynamodb/dynamo-job-links.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import type { SubmitJobDeps } from '../../core/jobs/submission/submit-job.ts';
import type { Settings } from '../../core/ports/settings.ts';
import { newJobResponse } from '../_shared/http/new-job-response.ts';
import type { OperationRequest } from '../_shared/http/operation-request.ts';
import { submitChildFor } from '../_shared/worker/submit-child.ts';

/** The dependencies beside the stores that only sub-jobs need, which `submitChildAtUrl` creates. */
type ChildAtUrlDeps = Omit<SubmitJobDeps, 'links' | 'idempotency'> & {
  readonly settings: Pick<Settings, 'apiBaseUrl'>;
};

/** A request for a sub-job at the function URL. */
interface ChildAtUrlRequest extends OperationRequest<ChildAtUrlDeps> {
  readonly table: Table;
}

/**
 * Submits a sub-job and responds immediately. A wait is only a preference (RFC 7240), and a function is
 * billed while a request waits.
 */
export function submitChildAtUrl({ table, ...request }: ChildAtUrlRequest) {
  const deps = { ...request.deps, links: dynamoJobLinks(table), idempotency: dynamoIdempotencyStore(table) };
  return submitChildFor({ ...request, deps }, (submitted) =>
    newJobResponse(deps, submitted, {
      baseUrl: deps.settings.apiBaseUrl,
      isReader: true,
      now: deps.clock.now(),
    }),
  );
}
