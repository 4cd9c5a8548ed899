import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { jobEdit } from '../../core/contract/schemas/draft-schemas.ts';
import { editJob } from '../../core/jobs/submission/edit-job.ts';
import { hasScope, readJsonBody, rejectQuery } from '../_shared/http/api-request.ts';
import { jobResponse, typicalSecondsOf } from '../_shared/http/job-response.ts';
import { preconditionCheckOf } from '../_shared/http/preconditions.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import type { Operation } from './operation.ts';

export const editJobOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  rejectQuery(event);
  const edit = parseWire(jobEdit, readJsonBody(event));
  const job = await editJob(deps, {
    key: jobKeyOf(caller.tenant, params),
    edit,
    meetsPrecondition: preconditionCheckOf(event),
  });
  const typicalSeconds = await typicalSecondsOf(deps, job);
  return jobResponse(deps, job, {
    statusCode: 200,
    baseUrl,
    isReader: hasScope(caller, 'jobs:read'),
    now: deps.clock.now(),
    typicalSeconds,
  });
};
