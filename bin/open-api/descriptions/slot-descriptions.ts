import { uploadCompletionMembers } from './data-descriptions.ts';
import type { Descriptions } from './describe-members.ts';

const id = 'ID of the data object.';
const abort = 'True if the attempt is no longer needed, so that the worker should stop.';

export const slotDefinitionMembers = {
  title: 'Title for people, at most 256 characters; absent if the definition has none.',
  description: 'Description for people, at most 4,096 characters; absent if the definition has none.',
  mediaTypes:
    'Media types that the slot accepts, 1 to 20, without parameters, such as `text/csv` or `image/*`; any if absent.',
  required: 'Whether the slot must contain a data object; default true.',
  collection: 'Whether the slot may contain more than one data object; default false.',
} as const satisfies Descriptions;

export const jobInputMembers = {
  id,
  name: 'Name of the data object when it was attached to the job; absent in a draft if the object does not exist.',
  mediaType: 'Media type of the data object; absent in a draft if the object does not exist.',
  sizeBytes:
    'Size of the content in bytes; absent in a draft if the object does not exist or its size is not known yet.',
} as const satisfies Descriptions;

export const jobOutputMembers = {
  id,
  name: 'Name of the data object.',
  mediaType: 'Media type of the data object.',
  sizeBytes: 'Size of the content in bytes; absent while it is not known.',
  complete: 'True once the content is available and the job has succeeded.',
} as const satisfies Descriptions;

export const workerInputMembers = {
  id,
  name: 'Name of the data object.',
  mediaType: 'Media type of the data object.',
  sizeBytes: 'Size of the content in bytes.',
  url: 'URL of the content, which supports `Range`.',
  expiresAt: 'Time at which the URL expires, RFC 3339 in UTC with milliseconds.',
} as const satisfies Descriptions;

const outputItems = {
  text: 'The outputs, slot by slot, at most 1,000.',
  members: { slot: 'Name of the output slot.', ...jobOutputMembers },
};

/** The members of bodies and responses that are not named schemas, by operation. */
export const slotOperationMembers = {
  setInput: {
    data: 'IDs or URNs of the data objects, in the order in which the service receives them; they replace the content of the slot.',
  },
  listOutputs: { items: outputItems },
  getOutput: {
    items: outputItems,
    url: workerInputMembers.url,
    expiresAt: workerInputMembers.expiresAt,
  },
  createOutput: {
    name: 'Name of the data object, any text of 1 to 1,024 bytes in UTF-8.',
    mediaType: 'Media type of the content, at most 128 characters; default `application/octet-stream`.',
    sizeBytes:
      'Exact size of the content in bytes; absent if it is not known in advance, then at most 160 GiB.',
    id,
    upload: 'How to upload the content.',
    abort,
  },
  listOutputParts: {
    items: 'The parts of the upload, in the order of their numbers.',
    nextCursor: 'Value of the parameter `cursor` for the next page; absent on the last page.',
  },
  completeOutput: {
    ...uploadCompletionMembers,
    sha256: 'SHA-256 of the content in hexadecimal, as the worker computed it; recorded.',
    id,
    status: '`available`, or `uploading` while the parts are being joined.',
    sizeBytes: 'Size of the content in bytes; absent while it is not known.',
    abort,
  },
} as const satisfies Readonly<Record<string, Descriptions>>;
