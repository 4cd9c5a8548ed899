/** What an upload with one PUT must send. */
export interface SingleUpload {
  readonly sizeBytes: number;
  /** SHA-256 in hexadecimal; the store refuses other content. */
  readonly sha256?: string | undefined;
}

export interface PresignedUpload {
  readonly url: string;
  /** The headers that the request must have, exactly. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The parts that a client will upload. */
export interface PartUrlsRequest {
  readonly parts: readonly { readonly number: number; readonly sizeBytes?: number | undefined }[];
  readonly lifetimeSeconds: number;
}

export interface PartsQuery {
  /** Only parts with greater numbers. */
  readonly after: number;
  /** At most 1,000. */
  readonly limit: number;
}

export interface UploadedPart {
  readonly number: number;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
}

export interface UploadedParts {
  readonly parts: readonly UploadedPart[];
  /** Number of the last part of this page, if there are more. */
  readonly nextAfter?: number;
}

/** The end of an upload in parts. */
export interface PartsCompletion {
  /** In ascending order. */
  readonly parts: readonly { readonly number: number; readonly etag: string }[];
  /** The expected size of the content, if it is known. */
  readonly sizeBytes?: number | undefined;
  /** The expected checksum in Base64, if it is known. */
  readonly crc64nvme?: string | undefined;
  /** How long to wait for the store, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * `completed`: the content is stored. `pending`: the store still works; repeat the call later. `missing-upload`: the upload was
 * completed or aborted. `invalid-parts`: a part was not uploaded, has another ETag or is too small. `wrong-size` and
 * `wrong-checksum`: the parts do not have the expected size or checksum together. After all but `completed`, the parts are kept.
 */
export type PartsOutcome =
  | 'completed'
  | 'pending'
  | 'missing-upload'
  | 'invalid-parts'
  | 'wrong-size'
  | 'wrong-checksum';

/** The stored content of a data object. */
export interface ContentDescription {
  readonly sizeBytes: number;
  /** Base64. */
  readonly crc64nvme?: string;
  /** Hexadecimal. */
  readonly sha256?: string;
}

export interface Download {
  readonly lifetimeSeconds: number;
  /** The media type of the response. */
  readonly mediaType: string;
  /** The name under which a browser saves the content. */
  readonly fileName: string;
  /** Lets a browser display the content instead of saving it; only for media types that cannot run code. */
  readonly isInline?: boolean;
}

/**
 * Stores the content of data objects, which never passes through the caller: clients upload and download it with presigned URLs.
 */
export interface ContentStore {
  /** A URL to which anyone may PUT the content, once: the store refuses a second PUT after the first has succeeded. */
  presignUpload(key: string, upload: SingleUpload, lifetimeSeconds: number): Promise<PresignedUpload>;
  /** Begins an upload in parts, and returns its ID. */
  beginParts(key: string): Promise<string>;
  /** URLs to which anyone may PUT the parts, in the same order; a repeated PUT replaces the part. */
  presignParts(key: string, uploadId: string, request: PartUrlsRequest): Promise<readonly string[]>;
  /** Uploaded parts in ascending order; undefined if there is no such upload. */
  listParts(key: string, uploadId: string, query: PartsQuery): Promise<UploadedParts | undefined>;
  /** Joins the parts to the content. The store refuses to replace existing content. */
  completeParts(key: string, uploadId: string, completion: PartsCompletion): Promise<PartsOutcome>;
  /** Discards an upload with its parts; does nothing if there is no such upload. */
  abortParts(key: string, uploadId: string): Promise<void>;
  /** Undefined if there is no content. Strongly consistent. */
  describe(key: string): Promise<ContentDescription | undefined>;
  /** A URL from which anyone may read, also in ranges, until it expires. */
  presignDownload(key: string, download: Download): Promise<string>;
  /** Does nothing if there is no content. */
  remove(key: string): Promise<void>;
}
