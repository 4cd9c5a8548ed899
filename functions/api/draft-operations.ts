import { jobEdit } from '../../core/contract/draft-schemas.ts';
import { parseWire } from '../../core/contract/parse-wire.ts';
import { editJob } from '../../core/jobs/edit-job.ts';
import { mayDo, readJsonBody, refuseQuery } from '../_shared/api-request.ts';
import { answerJob, typicalSecondsOf } from '../_shared/job-answer.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import { expectationOf } from '../_shared/preconditions.ts';
import type { Operation } from './operation.ts';

export const editJobOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  refuseQuery(event);
  const edit = parseWire(jobEdit, readJsonBody(event));
  const job = await editJob(deps, {
    key: jobKeyOf(caller.tenant, params),
    edit,
    isExpected: expectationOf(event),
  });
  const typicalSeconds = await typicalSecondsOf(deps, job);
  return answerJob(deps, job, {
    statusCode: 200,
    baseUrl,
    isReader: mayDo(caller, 'jobs:read'),
    now: deps.clock.now(),
    typicalSeconds,
  });
};
