import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { slotContent } from '../../core/contract/schemas/draft-schemas.ts';
import { contentUrl } from '../../core/data/content-url.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import { getOutput } from '../../core/jobs/outputs/get-output.ts';
import { listOutputs } from '../../core/jobs/outputs/list-outputs.ts';
import { removeInput } from '../../core/jobs/submission/remove-input.ts';
import { type SlotOfJob, setInput } from '../../core/jobs/submission/set-input.ts';
import { hasScope, readJsonBody, rejectQuery, requireScope } from '../_shared/http/api-request.ts';
import { contentResponse, wantsRedirect } from '../_shared/http/content-response.ts';
import { jobResponse, typicalSecondsOf } from '../_shared/http/job-response.ts';
import { preconditionCheckOf } from '../_shared/http/preconditions.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import type { ApiRequest, Operation } from './operation.ts';

export const setInputOperation: Operation = async (request) => {
  rejectQuery(request.event);
  const { data } = parseWire(slotContent, readJsonBody(request.event));
  return respondWithEdited(request, await setInput(request.deps, { ...slotOf(request), data }));
};

export const removeInputOperation: Operation = async (request) => {
  rejectQuery(request.event);
  return respondWithEdited(request, await removeInput(request.deps, slotOf(request)));
};

export const listOutputsOperation: Operation = async ({ deps, event, params, caller }) => {
  rejectQuery(event);
  const ports = { ...deps, services: deps.cachedServices };
  return jsonResponse(200, { items: await listOutputs(ports, jobKeyOf(caller.tenant, params)) });
};

export const getOutputOperation: Operation = async ({ deps, event, params, caller }) => {
  const redirects = wantsRedirect(event);
  const ports = { ...deps, services: deps.cachedServices };
  const content = await getOutput(ports, jobKeyOf(caller.tenant, params), params['slot'] ?? '');
  if (content.kind === 'list') return jsonResponse(200, { items: content.outputs });
  // The URL leads to the content of a data object.
  requireScope(caller, 'data:read');
  return contentResponse(await contentUrl(deps, content.data), redirects);
};

function slotOf({ event, params, caller }: ApiRequest): SlotOfJob {
  return {
    key: jobKeyOf(caller.tenant, params),
    slot: params['slot'] ?? '',
    meetsPrecondition: preconditionCheckOf(event),
  };
}

async function respondWithEdited({ deps, caller, baseUrl }: ApiRequest, job: Job) {
  return jobResponse(deps, job, {
    statusCode: 200,
    baseUrl,
    isReader: hasScope(caller, 'jobs:read'),
    now: deps.clock.now(),
    typicalSeconds: await typicalSecondsOf(deps, job),
  });
}
