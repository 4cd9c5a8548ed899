import type { DataStatus } from '../../contract/schemas/data-schemas.ts';

/** Who produced the content of a data object. */
export type DataOrigin =
  | { readonly kind: 'upload'; readonly by: string }
  | { readonly kind: 'job'; readonly jobId: string; readonly attempt: number; readonly slot: string };

/** Checksums of the whole content: `crc64nvme` in Base64, `sha256` in hexadecimal. */
export interface DataChecksum {
  /** As S3 computed it. Absent if S3 checked the SHA-256 instead, because an object has one checksum only. */
  readonly crc64nvme?: string;
  /** Checked by S3 if `crc64nvme` is absent; otherwise as the creator stated it. */
  readonly sha256?: string;
}

/** How the content is being uploaded. */
export type Upload =
  | { readonly kind: 'single' }
  | {
      readonly kind: 'parts';
      /** ID of the multipart upload of S3. */
      readonly uploadId: string;
      /** Size of every part except the last one. */
      readonly partSizeBytes: number;
      /** Absent if the size of the content is not known in advance. */
      readonly partCount?: number;
    };

/** A requested deletion, by which no new job may use the object. */
export interface DataDeletion {
  readonly by: string;
  readonly requestedAt: number;
  /** Nothing blocks the deletion, and it will be completed. A deletion that is not accepted may be cancelled. */
  readonly accepted?: true;
  /** Requested because the object has expired: an edit of `expiresAt` before the acceptance withdraws it. */
  readonly onExpiry?: true;
}

/** A data object: the description of a file that jobs read or write. Times are epoch milliseconds. */
export interface DataObject {
  readonly tenant: string;
  /** A UUIDv7, which contains the time of the creation. */
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  /** Absent while a job uploads content of unknown size. */
  readonly sizeBytes?: number;
  readonly status: DataStatus;
  /** Only of an available object. */
  readonly checksum?: DataChecksum;
  /** The SHA-256 that the creator announced. */
  readonly expectedSha256?: string;
  readonly tags: readonly string[];
  readonly origin: DataOrigin;
  readonly updatedAt: number;
  /** When the object may be deleted automatically. */
  readonly expiresAt?: number;
  /**
   * When the reconciler checks the object next: for its expiry, an upload that was not completed, or a deletion to continue. Absent
   * if there is nothing to check.
   */
  readonly nextCheckAt?: number;
  /** Only while the status is `uploading`. */
  readonly upload?: Upload & {
    /** When a request last decided to remove content that is not the expected one (reject-content.ts). */
    readonly rejectedAt?: number;
  };
  readonly deletion?: DataDeletion;
  /** Counts the writes, from 1. */
  readonly version: number;
}

/** What remains of a deleted object under its ID, so that lineage can still name it. */
export interface DataTombstone {
  /** Epoch milliseconds. */
  readonly deletedAt: number;
  readonly by: string;
  /** The last version of the object. */
  readonly data: DataObject;
  /**
   * Until when a URL that was handed out may still store content under the object's key, in epoch milliseconds: the
   * reconciler removes the content again after this time. Absent once it has done so.
   */
  readonly removeAfter?: number;
}

/** The key of the content in the bucket. It contains no part of the name. */
export function contentKey({ tenant, id }: Pick<DataObject, 'tenant' | 'id'>): string {
  return `tenants/${tenant}/data/${id}`;
}
