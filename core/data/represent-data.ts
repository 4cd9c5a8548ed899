import { dataActionsOf } from '../contract/data-actions.ts';
import { dataUrn } from '../contract/names.ts';
import type {
  DataReceipt,
  DataRepresentation,
  DataSummary,
  DataUpload,
} from '../contract/schemas/data-schemas.ts';
import { timeInId } from '../std/id-time.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import type { DataObject } from './model/data-object.ts';

/** A data object as it is shown in a list; `baseUrl` without a trailing slash. */
export function summarizeData(data: DataObject, baseUrl: string): DataSummary {
  const { id, name, mediaType, status, sizeBytes, checksum, expiresAt } = data;
  return {
    id,
    urn: dataUrn(id),
    name,
    mediaType,
    ...omitUndefined({ sizeBytes }),
    status,
    ...omitUndefined({ checksum }),
    tags: [...data.tags],
    origin: data.origin,
    createdAt: formatTime(timeInId(id)),
    updatedAt: formatTime(data.updatedAt),
    ...(expiresAt === undefined ? {} : { expiresAt: formatTime(expiresAt) }),
    version: data.version,
    links: linksOf(data, baseUrl),
  };
}

/** A data object; `upload` only for a caller that may upload the content. */
export function representData(data: DataObject, baseUrl: string, upload?: DataUpload): DataRepresentation {
  return {
    ...summarizeData(data, baseUrl),
    ...omitUndefined({ upload }),
    actions: dataActionsOf(data.status),
  };
}

/** A data object as it is shown to a caller that may not read it. */
export function receiptOfData(data: DataObject, baseUrl: string, upload?: DataUpload): DataReceipt {
  return {
    id: data.id,
    urn: dataUrn(data.id),
    status: data.status,
    createdAt: formatTime(timeInId(data.id)),
    updatedAt: formatTime(data.updatedAt),
    ...omitUndefined({ upload }),
    links: { self: dataUrl(data.id, baseUrl) },
  };
}

/** The URL of a data object. */
export function dataUrl(id: string, baseUrl: string): string {
  return `${baseUrl}/v1/data/${id}`;
}

function linksOf({ id, status, upload, origin }: DataObject, baseUrl: string): Record<string, string> {
  const self = dataUrl(id, baseUrl);
  return {
    self,
    ...(status === 'available' ? { content: `${self}/content` } : {}),
    ...(status === 'uploading' ? { complete: `${self}/complete` } : {}),
    ...(status === 'uploading' && upload?.kind === 'parts' ? { parts: `${self}/parts` } : {}),
    ...(origin.kind === 'job' ? { job: `${baseUrl}/v1/jobs/${origin.jobId}` } : {}),
  };
}

function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
