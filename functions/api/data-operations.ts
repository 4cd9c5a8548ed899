import { parseTimestamp } from '../../core/contract/date-time.ts';
import { parseIdempotencyKey } from '../../core/contract/http/idempotency-key.ts';
import { parseWire } from '../../core/contract/http/parse-wire.ts';
import type { JsonValue } from '../../core/contract/json.ts';
import { parseDataId, parseJobId } from '../../core/contract/names.ts';
import {
  dataEdit,
  dataListQuery,
  deleteDataQuery,
  newData,
  partListQuery,
  uploadCompletion,
} from '../../core/contract/schemas/data-schemas.ts';
import { completeUpload } from '../../core/data/complete-upload.ts';
import { createData } from '../../core/data/create-data.ts';
import { requireDataPrecondition } from '../../core/data/data-problems.ts';
import { describeUpload } from '../../core/data/describe-upload.ts';
import { editData } from '../../core/data/edit-data.ts';
import { getContent } from '../../core/data/get-content.ts';
import { getData } from '../../core/data/get-data.ts';
import { listData } from '../../core/data/list-data.ts';
import { listParts } from '../../core/data/list-parts.ts';
import type { DataObject } from '../../core/data/model/data-object.ts';
import { dataUrl, receiptOfData, representData, summarizeData } from '../../core/data/represent-data.ts';
import { deleteData, usersBlocking } from '../../core/jobs/deletion/delete-data.ts';
import { requestFingerprint } from '../../core/jobs/submission/request-fingerprint.ts';
import type { DataFilter } from '../../core/ports/data/data-store.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { dataKeyOf } from '../_shared/data-key.ts';
import {
  hasScope,
  header,
  readJsonBody,
  readOptionalJsonBody,
  readQuery,
  rejectQuery,
  requireScope,
} from '../_shared/http/api-request.ts';
import { contentResponse, wantsRedirect } from '../_shared/http/content-response.ts';
import { etagOf } from '../_shared/http/etag.ts';
import { nextLink, readLimit } from '../_shared/http/paging.ts';
import { preconditionCheckOf } from '../_shared/http/preconditions.ts';
import { emptyResponse, jsonResponse } from '../_shared/http/responses.ts';
import type { ApiRequest, Operation } from './operation.ts';

/** Seconds after which a request whose parts are still being joined is worth repeating. */
const joinRetrySeconds = '5';

export const createDataOperation: Operation = async (request) => {
  const { deps, event, caller, baseUrl } = request;
  rejectQuery(event);
  const body = readJsonBody(event);
  const key = parseIdempotencyKey(header(event, 'idempotency-key'));
  // The body was parsed from JSON.
  const idempotency = key && { key, fingerprint: requestFingerprint('createData', body as JsonValue) };
  const { data, replayed } = await createData(deps, {
    tenant: caller.tenant,
    origin: { kind: 'upload', by: caller.principal },
    description: parseWire(newData, body),
    ...(idempotency === undefined || idempotency === '' ? {} : { idempotency }),
  });
  const headers = {
    Location: dataUrl(data.id, baseUrl),
    ...(replayed ? { 'Idempotency-Replayed': 'true' } : {}),
  };
  return dataResponse(request, data, { statusCode: 201, headers });
};

export const getDataOperation: Operation = async (request) => {
  const { deps, event, params, caller } = request;
  rejectQuery(event);
  return dataResponse(request, await getData(deps, dataKeyOf(caller.tenant, params)), { statusCode: 200 });
};

export const editDataOperation: Operation = async (request) => {
  const { deps, event, params, caller } = request;
  rejectQuery(event);
  const edit = parseWire(dataEdit, readJsonBody(event));
  const meetsPrecondition = preconditionCheckOf(event);
  const key = dataKeyOf(caller.tenant, params);
  return dataResponse(request, await editData(deps, { key, edit, meetsPrecondition }), { statusCode: 200 });
};

export const completeUploadOperation: Operation = async (request) => {
  const { deps, event, params, caller } = request;
  rejectQuery(event);
  const completion = parseWire(uploadCompletion, readOptionalJsonBody(event));
  const result = await completeUpload(deps, {
    key: dataKeyOf(caller.tenant, params),
    completion,
    check: (data) => requireDataPrecondition(preconditionCheckOf(event), data),
  });
  return result.kind === 'available'
    ? dataResponse(request, result.data, { statusCode: 200 })
    : dataResponse(request, result.data, { statusCode: 202, headers: { 'Retry-After': joinRetrySeconds } });
};

export const listPartsOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  const { from, cursor, limit } = readQuery(event, partListQuery);
  const data = await getData(deps, dataKeyOf(caller.tenant, params));
  const page = { from: Number(cursor ?? from ?? 1), limit: readLimit(limit) };
  const { parts: items, nextFrom } = await listParts(deps, data, page);
  const nextCursor = nextFrom === undefined ? undefined : String(nextFrom);
  const body = { items, ...omitUndefined({ nextCursor }) };
  return jsonResponse(200, body, { Link: nextLink(event, baseUrl, nextCursor) });
};

export const getContentOperation: Operation = async ({ deps, event, params, caller }) => {
  const redirects = wantsRedirect(event);
  return contentResponse(await getContent(deps, dataKeyOf(caller.tenant, params)), redirects);
};

export const listDataOperation: Operation = async ({ deps, event, caller, baseUrl }) => {
  const query = readQuery(event, dataListQuery);
  const page = await listData(deps, {
    tenant: caller.tenant,
    ...filterOf(query),
    ...omitUndefined({ order: query.order, cursor: query.cursor }),
    limit: readLimit(query.limit),
  });
  const body = {
    items: page.data.map((data) => summarizeData(data, baseUrl)),
    ...omitUndefined({ nextCursor: page.nextCursor, scanned: page.scanned }),
  };
  return jsonResponse(200, body, { Link: nextLink(event, baseUrl, page.nextCursor) });
};

export const deleteDataOperation: Operation = async ({ deps, event, params, caller }) => {
  const { dryRun } = readQuery(event, deleteDataQuery);
  const key = dataKeyOf(caller.tenant, params);
  if (dryRun === 'true') {
    // The plan contains the IDs of jobs.
    requireScope(caller, 'jobs:read');
    const data = await getData(deps, key);
    const blockedBy = await usersBlocking(deps, data);
    return jsonResponse(200, { jobs: [], data: blockedBy.length === 0 ? [data.id] : [], blockedBy });
  }
  await deleteData(deps, { key, by: caller.principal, meetsPrecondition: preconditionCheckOf(event) });
  return emptyResponse(204);
};

/** The data object for a key with `data:read`, otherwise a receipt; with an upload URL for a key with `data:write`. */
async function dataResponse(
  { deps, caller, baseUrl }: ApiRequest,
  data: DataObject,
  {
    statusCode,
    headers = {},
  }: { readonly statusCode: number; readonly headers?: Readonly<Record<string, string>> },
) {
  const mayUpload = hasScope(caller, 'data:write');
  const partsUrl = `${dataUrl(data.id, baseUrl)}/parts`;
  const upload = mayUpload ? await describeUpload(deps, data, partsUrl) : undefined;
  const show = hasScope(caller, 'data:read') ? representData : receiptOfData;
  return jsonResponse(statusCode, show(data, baseUrl, upload), { ETag: etagOf(data), ...headers });
}

type DataListText = ReturnType<typeof readQuery<typeof dataListQuery>>;

/** The filters for the core. IDs are sorted, so that a cursor is valid for any order of them. */
function filterOf(query: DataListText): DataFilter {
  const { id, tag, namePrefix, mediaType, status, origin, job } = query;
  const ids =
    id === undefined ? undefined : [...new Set(id.split(','))].flatMap((text) => parseDataId(text) ?? []);
  return omitUndefined({
    ids: ids?.sort(),
    tag,
    namePrefix,
    mediaType,
    status,
    origin,
    jobId: job === undefined ? undefined : parseJobId(job),
    createdAfter: momentOf(query.createdAfter),
    createdBefore: momentOf(query.createdBefore),
  });
}

function momentOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseTimestamp(text);
}
