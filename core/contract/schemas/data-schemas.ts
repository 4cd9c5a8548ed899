import * as z from 'zod/mini';
import { maxUtf8Bytes } from '../byte-length.ts';
import { dataAction } from '../data-actions.ts';
import { timestamp } from '../date-time.ts';
import { mediaType } from '../media-type.ts';
import { dataReferencePattern, jobReference } from '../names.ts';
import { tags } from '../tags.ts';
import { wellFormed } from '../well-formed.ts';
import { pageCursor, pageLimit } from './list-schemas.ts';

/** Largest object of S3 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
export const maxDataBytes = 5_497_558_138_880;

/** Number of parts of one upload (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
export const maxParts = 10_000;

const maxNameBytes = 1024;

/** The name of a data object: any text of 1 to 1,024 bytes in UTF-8. It is never used as a path. */
export const dataName = z
  .string()
  .check(z.minLength(1), z.maxLength(maxNameBytes), wellFormed, maxUtf8Bytes(maxNameBytes))
  .register(z.globalRegistry, { description: `At most ${maxNameBytes} bytes in UTF-8` });

/** A SHA-256 in hexadecimal. */
export const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'));

const crc64nvme = z
  .string()
  .check(z.regex(/^[A-Za-z0-9+/]{11}=$/, 'must be 8 bytes in Base64, as in x-amz-checksum-crc64nvme'));

/** A new data object, whose content is uploaded afterwards. */
export const newData = z.strictObject({
  name: dataName,
  /** Default: `application/octet-stream`. */
  mediaType: z.optional(mediaType),
  sizeBytes: z.int().check(z.minimum(0), z.maximum(maxDataBytes)),
  /** SHA-256 of the content, in hexadecimal; S3 checks it in an upload with a single PUT. */
  sha256: z.optional(sha256),
  tags: z.optional(tags),
  /** When the object may be deleted automatically; in the future. */
  expiresAt: z.optional(timestamp),
});

export type NewData = z.infer<typeof newData>;

/** A merge patch of a data object; `expiresAt: null` removes the expiry. */
export const dataEdit = z.strictObject({
  name: z.optional(dataName),
  tags: z.optional(tags),
  expiresAt: z.optional(z.nullable(timestamp)),
});

export type DataEdit = z.infer<typeof dataEdit>;

export const dataStatuses = ['uploading', 'available', 'failed'] as const;
export type DataStatus = (typeof dataStatuses)[number];

/** How to upload the content: with one PUT, or in parts whose URLs `partsUrl` lists. */
export const dataUpload = z.union([
  z.strictObject({
    method: z.literal('PUT'),
    url: z.string(),
    /** Send exactly these headers. */
    headers: z.record(z.string(), z.string()),
    /** When the URL expires; `GET /v1/data/{id}` returns a new one until the upload is complete. */
    expiresAt: z.string(),
  }),
  z.strictObject({
    /** Size of every part except the last one, which may be smaller. */
    partSizeBytes: z.int(),
    /** Absent if the size of the content is not known in advance. */
    partCount: z.optional(z.int()),
    partsUrl: z.string(),
  }),
]);

export type DataUpload = z.infer<typeof dataUpload>;

const time = z.string();

/** A data object. */
export const dataRepresentation = z.strictObject({
  id: z.string(),
  urn: z.string(),
  name: z.string(),
  mediaType: z.string(),
  /** Absent while a job uploads content of unknown size. */
  sizeBytes: z.optional(z.int()),
  /** `failed`: the upload was not completed in time. */
  status: z.enum(dataStatuses),
  /** Checksums of the whole content, once it is available. S3 has computed or checked `crc64nvme`. */
  checksum: z.optional(
    z.strictObject({
      crc64nvme: z.optional(z.string()),
      sha256: z.optional(z.string()),
    }),
  ),
  tags: z.array(z.string()),
  origin: z.union([
    z.strictObject({ kind: z.literal('upload'), by: z.string() }),
    z.strictObject({ kind: z.literal('job'), jobId: z.string(), attempt: z.int(), slot: z.string() }),
  ]),
  createdAt: time,
  updatedAt: time,
  expiresAt: z.optional(time),
  /** Only while the caller can upload the content. */
  upload: z.optional(dataUpload),
  version: z.int(),
  links: z.record(z.string(), z.string()),
  actions: z.array(dataAction),
});

export type DataRepresentation = z.infer<typeof dataRepresentation>;

/** A data object in a list. */
export const dataSummary = z.omit(dataRepresentation, { upload: true, actions: true });

export type DataSummary = z.infer<typeof dataSummary>;

/** A data object as shown to a key without `data:read`. */
export const dataReceipt = z.strictObject({
  id: dataRepresentation.shape.id,
  urn: dataRepresentation.shape.urn,
  status: dataRepresentation.shape.status,
  createdAt: time,
  updatedAt: time,
  upload: dataRepresentation.shape.upload,
  links: z.strictObject({ self: z.string() }),
});

export type DataReceipt = z.infer<typeof dataReceipt>;

/** The response of a route that changes a data object: the object for a key with `data:read`, otherwise a receipt. */
export const dataOrReceipt = z.union([dataRepresentation, dataReceipt]);

const partNumber = z.optional(
  z.string().check(z.regex(/^(?:[1-9]\d{0,3}|10000)$/, 'must be the number of a part, from 1 to 10000')),
);

export const partListQuery = z.strictObject({
  /** Number of the first part; default 1. */
  from: partNumber,
  limit: pageLimit,
  /** The `nextCursor` of the previous page, instead of `from`. */
  cursor: partNumber,
});

/** A part of an upload, with the URL to PUT it to. */
export const uploadPart = z.strictObject({
  number: z.int(),
  /** Absent if the size of the content is not known in advance. */
  sizeBytes: z.optional(z.int()),
  url: z.string(),
  expiresAt: time,
  uploaded: z.boolean(),
  /** The ETag of the uploaded part, without quotes. */
  etag: z.optional(z.string()),
});

export type UploadPart = z.infer<typeof uploadPart>;

/** Completes an upload. */
export const uploadCompletion = z.strictObject({
  /** Only of an upload in parts: all parts, with the ETag of the response to each PUT, with or without quotes. */
  parts: z.optional(
    z
      .array(
        z.strictObject({
          number: z.int().check(z.minimum(1), z.maximum(maxParts)),
          etag: z.string().check(z.regex(/^"?[\w-]{1,128}"?$/, 'must be the ETag of an uploaded part')),
        }),
      )
      .check(z.minLength(1), z.maxLength(maxParts)),
  ),
  /** The expected checksum of the whole content; a different one is refused. */
  crc64nvme: z.optional(crc64nvme),
});

export type UploadCompletion = z.infer<typeof uploadCompletion>;

/** The query of a route that redirects to a presigned URL. */
export const redirectQuery = z.strictObject({
  /** `false`: the response contains the URL instead of redirecting to it. */
  redirect: z.optional(z.enum(['true', 'false'])),
});

/** Where the content can be downloaded. */
export const contentUrl = z.strictObject({ url: z.string(), expiresAt: time });

const maxListedIds = 100;
const dataIdsPattern = new RegExp(
  `^${dataReferencePattern}(?:,${dataReferencePattern}){0,${maxListedIds - 1}}$`,
);

/** Filters and paging of a list of data objects. An object must match all filters. */
export const dataListQuery = z.strictObject({
  /** Comma-separated IDs or URNs. */
  id: z.optional(
    z
      .string()
      .check(z.regex(dataIdsPattern, `must be a comma-separated list of at most ${maxListedIds} data IDs`)),
  ),
  tag: z.optional(z.string().check(z.minLength(1), z.maxLength(128), wellFormed)),
  /** Prefix of the name. Without other filters, the list is ordered by name. */
  namePrefix: z.optional(dataName),
  /** Exact media type. */
  mediaType: z.optional(mediaType),
  status: z.optional(z.enum(dataStatuses)),
  /** Objects that were uploaded by clients, or written by jobs. */
  origin: z.optional(z.enum(['upload', 'job'])),
  /** ID or URN of the job that wrote the objects, in any attempt. */
  job: z.optional(jobReference),
  createdAfter: z.optional(timestamp),
  createdBefore: z.optional(timestamp),
  /** By default `desc`, newest first. */
  order: z.optional(z.enum(['desc', 'asc'])),
  limit: pageLimit,
  cursor: pageCursor,
});

export const deleteDataQuery = z.strictObject({
  /** `true`: nothing is deleted; the response lists what would be deleted and what prevents it. */
  dryRun: z.optional(z.enum(['true', 'false'])),
});

/** What a deletion would delete, and what blocks it. */
export const dataDeletionPlan = z.strictObject({
  jobs: z.array(z.string()),
  data: z.array(z.string()),
  /** IDs of the jobs that use the data; the deletion is refused while there are any. */
  blockedBy: z.array(z.string()),
});
