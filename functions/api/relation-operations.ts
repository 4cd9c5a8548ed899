import { childListQuery, deleteJobQuery } from '../../core/contract/schemas/relation-schemas.ts';
import { deleteJob } from '../../core/jobs/deletion/delete-job.ts';
import { listChildren } from '../../core/jobs/queries/list-children.ts';
import { summarizeJob } from '../../core/jobs/queries/represent-job.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { hasScope, readQuery, requireScope } from '../_shared/http/api-request.ts';
import { jobResponse } from '../_shared/http/job-response.ts';
import { nextLink, readLimit } from '../_shared/http/paging.ts';
import { preconditionCheckOf } from '../_shared/http/preconditions.ts';
import { emptyResponse, jsonResponse } from '../_shared/http/responses.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import type { Operation } from './operation.ts';

export const listChildrenOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  const { cursor, limit } = readQuery(event, childListQuery);
  const key = jobKeyOf(caller.tenant, params);
  const { jobs, nextCursor } = await listChildren(deps, { key, cursor, limit: readLimit(limit) });
  const items = jobs.map((job) => summarizeJob(job, baseUrl));
  const body = { items, ...omitUndefined({ nextCursor }) };
  return jsonResponse(200, body, { Link: nextLink(event, baseUrl, nextCursor) });
};

export const deleteJobOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  const { cascade, dryRun } = readQuery(event, deleteJobQuery);
  // The plan contains the IDs of other jobs.
  if (dryRun === 'true') requireScope(caller, 'jobs:read');
  const cascaded = cascade?.split(',') ?? [];
  const withData = { withOutputs: cascaded.includes('outputs'), withInputs: cascaded.includes('inputs') };
  if (withData.withOutputs || withData.withInputs) requireScope(caller, 'data:write');
  const deletion = await deleteJob(deps, {
    key: jobKeyOf(caller.tenant, params),
    by: caller.principal,
    withChildren: cascaded.includes('children'),
    ...withData,
    dryRun: dryRun === 'true',
    meetsPrecondition: preconditionCheckOf(event),
  });
  if (deletion.kind === 'plan') return jsonResponse(200, deletion.plan);
  if (deletion.kind === 'deleted') return emptyResponse(204);
  const headers = { Location: `${baseUrl}/v1/jobs/${deletion.job.id}`, 'Retry-After': '60' };
  return jobResponse(deps, deletion.job, {
    statusCode: 202,
    baseUrl,
    isReader: hasScope(caller, 'jobs:read'),
    now: deps.clock.now(),
    headers,
  });
};
