import { parseWire } from '../../../core/contract/http/parse-wire.ts';
import { parseDataId } from '../../../core/contract/names.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { partListQuery } from '../../../core/contract/schemas/data-schemas.ts';
import { outputCompletion, outputRequest } from '../../../core/contract/schemas/worker-schemas.ts';
import { completeOutput } from '../../../core/jobs/worker/complete-output.ts';
import { createOutput } from '../../../core/jobs/worker/create-output.ts';
import { getWorkerInputs } from '../../../core/jobs/worker/get-worker-inputs.ts';
import { listOutputParts } from '../../../core/jobs/worker/list-output-parts.ts';
import type { OutputKey } from '../../../core/jobs/worker/own-output.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { baseUrl, readJsonBody, readOptionalJsonBody, readQuery } from '../http/api-request.ts';
import { nextLink, readLimit } from '../http/paging.ts';
import { jsonResponse } from '../http/responses.ts';
import { serveWorker } from './worker-caller.ts';
import { forWorkers, type WorkerOperation } from './worker-operations.ts';

/** Seconds after which a request whose parts are still being joined is worth repeating. */
const joinRetrySeconds = '5';

export const getWorkerInputsOperation = forWorkers(async ({ deps }, caller) =>
  jsonResponse(200, await getWorkerInputs({ ...deps, services: deps.cachedServices }, caller)),
);

export const createOutputOperation = forWorkers(async ({ deps, event, params }, caller) => {
  const slot = params['slot'] ?? '';
  const slotPath = `/v1/worker/jobs/${caller.key.jobId}/outputs/${encodeURIComponent(slot)}`;
  const created = await createOutput(
    { ...deps, services: deps.cachedServices },
    {
      caller,
      slot,
      output: parseWire(outputRequest, readJsonBody(event)),
      slotUrl: `${baseUrl(event)}${slotPath}`,
    },
  );
  return jsonResponse(200, created);
});

export const listOutputPartsOperation: WorkerOperation = (request) =>
  serveWorker(request, async (caller) => {
    const { deps, event, params } = request;
    const { from, cursor, limit } = readQuery(event, partListQuery);
    const { parts: items, nextFrom } = await listOutputParts(deps, {
      caller,
      output: outputKeyOf(params),
      from: Number(cursor ?? from ?? 1),
      limit: readLimit(limit),
    });
    const nextCursor = nextFrom === undefined ? undefined : String(nextFrom);
    const body = { items, ...omitUndefined({ nextCursor }) };
    return jsonResponse(200, body, { Link: nextLink(event, baseUrl(event), nextCursor) });
  });

export const completeOutputOperation = forWorkers(async ({ deps, event, params }, caller) => {
  const completion = parseWire(outputCompletion, readOptionalJsonBody(event));
  const { output, isPending } = await completeOutput(deps, {
    caller,
    output: outputKeyOf(params),
    completion,
  });
  return isPending
    ? jsonResponse(202, output, { 'Retry-After': joinRetrySeconds })
    : jsonResponse(200, output);
});

/** The data object in the path. Throws `not-found` when the text is neither an ID nor a URN. */
function outputKeyOf(params: Readonly<Record<string, string>>): OutputKey {
  const text = params['dataId'] ?? '';
  const dataId = parseDataId(text);
  if (dataId !== undefined) return { slot: params['slot'] ?? '', dataId };
  throw new ProblemError('not-found', `The data object ${text.slice(0, 100)} does not exist`);
}
