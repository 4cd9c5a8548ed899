import type { Descriptions } from './describe-members.ts';

const name = 'Name of the object, any text of 1 to 1,024 bytes in UTF-8; it is never used as a path.';
const tags = 'Labels for grouping, at most 50 of 1 to 128 characters each.';
const status =
  '`uploading` until the upload is completed, `available` afterwards; `failed` if it was not completed within 7 days.';
const createdAt = 'Time of the creation, RFC 3339 in UTC with milliseconds.';
const updatedAt = 'Time of the last change, RFC 3339 in UTC with milliseconds.';

export const dataUploadMembers = {
  method: 'Always `PUT`; absent for an upload in parts.',
  url: 'URL to PUT the content to; absent for an upload in parts.',
  headers: 'Headers that the PUT must have, exactly; absent for an upload in parts.',
  expiresAt: 'Time at which the URL expires; absent for an upload in parts.',
  partSizeBytes: 'Size of every part except the last one, in bytes; absent for an upload with one PUT.',
  partCount:
    'Number of parts, at most 10,000; absent for an upload with one PUT, and if the size of the content is not known.',
  partsUrl: 'URL of the list of parts, which has a URL for each; absent for an upload with one PUT.',
} as const satisfies Descriptions;

const upload = {
  text: 'How to upload the content; absent once it is available, and for an API key without `data:write`.',
  members: dataUploadMembers,
};

export const newDataMembers = {
  name,
  mediaType: 'Media type of the content, at most 128 characters; default `application/octet-stream`.',
  sizeBytes: 'Exact size of the content in bytes, at most 5 TiB.',
  sha256:
    'SHA-256 of the content in hexadecimal. S3 checks it if the content is uploaded with one PUT; of a larger object it is recorded unchecked.',
  tags,
  expiresAt:
    'Time after which the object is deleted automatically unless a job uses it, RFC 3339; by default never, or after the retention period of the deployment.',
} as const satisfies Descriptions;

export const dataEditMembers = {
  name,
  tags,
  expiresAt:
    'Time after which the object is deleted automatically unless a job uses it, RFC 3339; null for never.',
} as const satisfies Descriptions;

export const dataSummaryMembers = {
  id: 'ID of the object, a UUIDv7.',
  urn: 'URN of the object.',
  name,
  mediaType: 'Media type as the creator declared it.',
  sizeBytes: 'Size of the content in bytes; absent while a job uploads content of unknown size.',
  status,
  checksum: {
    text: 'Checksums of the whole content; absent until it is available.',
    members: {
      crc64nvme: 'CRC-64/NVME in Base64, as S3 computed it; absent if S3 checked `sha256` instead.',
      sha256:
        'SHA-256 in hexadecimal: checked by S3 if `crc64nvme` is absent, otherwise as the creator stated it; absent if nobody stated it.',
    },
  },
  tags,
  origin: {
    text: 'Who produced the content.',
    members: {
      kind: '`upload` for a client, `job` for a job.',
      by: 'Principal of the API key that created the object; absent for a job.',
      jobId: 'ID of the job; absent for an upload.',
      attempt: 'Number of the attempt that wrote the object; absent for an upload.',
      slot: 'Name of the output slot; absent for an upload.',
    },
  },
  createdAt,
  updatedAt,
  expiresAt:
    'Time after which the object is deleted automatically unless a job uses it, RFC 3339 in UTC with milliseconds; absent if never.',
  version: 'Number of writes of the object, which is also its ETag.',
  links: 'URLs of the object (`self`), its content, its upload, and the job that wrote it.',
} as const satisfies Descriptions;

export const dataMembers = {
  ...dataSummaryMembers,
  upload,
  actions: {
    text: 'The actions on the object, allowed or not.',
    members: {
      name: 'Name of the action.',
      allowed: 'Whether the state of the object allows the action.',
      reason: 'Why the action is not allowed; absent if it is allowed.',
    },
  },
} as const satisfies Descriptions;

export const uploadPartMembers = {
  number: 'Number of the part, from 1.',
  sizeBytes: 'Size of the part in bytes; absent if the size of the content is not known.',
  url: 'URL to PUT the part to; a repeated PUT replaces the part.',
  expiresAt: 'Time at which the URL expires, RFC 3339 in UTC with milliseconds.',
  uploaded: 'Whether the part was uploaded already.',
  etag: 'ETag of the uploaded part, without quotes; absent if it was not uploaded.',
} as const satisfies Descriptions;

export const uploadCompletionMembers = {
  parts: {
    text: 'All parts of the upload; must be absent for an upload with one PUT.',
    members: {
      number: 'Number of the part, from 1.',
      etag: 'ETag of the response to the PUT of the part, with or without quotes.',
    },
  },
  crc64nvme:
    'Expected CRC-64/NVME of the whole content in Base64; content with another one is refused. Not checked if absent.',
} as const satisfies Descriptions;

export const dataDeletionPlanMembers = {
  jobs: 'IDs of the jobs that would be deleted.',
  data: 'IDs of the data objects that would be deleted.',
  blockedBy: 'IDs of the jobs that use the object, at most 1,000; it is deleted only if there are none.',
} as const satisfies Descriptions;
