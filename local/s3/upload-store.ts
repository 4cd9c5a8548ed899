import { randomBytes } from 'node:crypto';
import { isRecord } from '../json.ts';
import { inTransaction } from '../sqlite-store.ts';
import type { ChecksumAlgorithm, Checksums, ChecksumType } from './integrity/checksum.ts';
import { parseHeaders } from './object-headers.ts';
import type { ObjectStore } from './object-store.ts';

/** The checksum that a multipart upload was created with. */
export interface UploadChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
}

/** A multipart upload in progress. */
export interface Upload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedAt: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent if the upload was created without one; S3 then adds its default to the object. */
  readonly checksum?: UploadChecksum;
}

/** An uploaded part. */
export interface UploadedPart {
  readonly partNumber: number;
  readonly blob: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly checksums: Checksums;
}

/** A completed upload, which can be completed again while the object exists. */
export interface CompletedUpload {
  /** File of the object that the upload became. */
  readonly blob: string;
  /** Digest of the list of parts that the client named. */
  readonly namedParts: string;
}

/** Multipart uploads that are not complete yet, and the completed ones whose object exists. */
export interface UploadStore {
  begin(upload: Omit<Upload, 'uploadId'>): Upload;
  /** Returns undefined if this key has no such upload. */
  find(uploadId: string, bucket: string, key: string): Upload | undefined;
  /** Returns the uploads of a bucket that were created before a time. */
  initiatedBefore(bucket: string, time: number): readonly Upload[];
  putPart(uploadId: string, part: UploadedPart): void;
  /** Returns the parts ordered by number. */
  parts(uploadId: string): readonly UploadedPart[];
  /** Deletes an upload and the files of its parts. */
  end(uploadId: string): void;
  /** Replaces an upload by the record of its completion. Returns its parts, whose files the caller removes. */
  complete(uploadId: string, completed: CompletedUpload): readonly UploadedPart[];
  completed(uploadId: string): CompletedUpload | undefined;
  /** Deletes the records of completed uploads whose object was replaced or deleted. */
  forgetCompleted(): void;
  /** Returns the names of the files of all parts. */
  ownedBlobs(): ReadonlySet<string>;
}

/** Earlier versions stored uploads without the time and the checksums; such uploads are discarded. */
const tables = `
  DROP TABLE IF EXISTS uploads;
  DROP TABLE IF EXISTS parts;
  CREATE TABLE IF NOT EXISTS multipart_uploads (
    upload_id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, initiated_at INTEGER NOT NULL,
    headers TEXT NOT NULL, checksum TEXT
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS multipart_parts (
    upload_id TEXT NOT NULL, part_number INTEGER NOT NULL, part TEXT NOT NULL, PRIMARY KEY (upload_id, part_number)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS completed_uploads (
    upload_id TEXT PRIMARY KEY, blob TEXT NOT NULL, named_parts TEXT NOT NULL
  ) WITHOUT ROWID`;

/** Opens the store of uploads in the database of the objects. */
export function openUploadStore(store: ObjectStore): UploadStore {
  const { database } = store;
  database.exec(tables);
  const insert = database.prepare('INSERT INTO multipart_uploads VALUES (?, ?, ?, ?, ?, ?)');
  const select = database.prepare(
    'SELECT * FROM multipart_uploads WHERE upload_id = ? AND bucket = ? AND key = ?',
  );
  const selectOld = database.prepare('SELECT * FROM multipart_uploads WHERE bucket = ? AND initiated_at < ?');
  const upsertPart = database.prepare('INSERT OR REPLACE INTO multipart_parts VALUES (?, ?, ?)');
  const deleteUpload = database.prepare('DELETE FROM multipart_uploads WHERE upload_id = ?');
  const deleteParts = database.prepare('DELETE FROM multipart_parts WHERE upload_id = ?');
  const selectParts = database.prepare(
    'SELECT part FROM multipart_parts WHERE upload_id = ? ORDER BY part_number',
  );
  const selectPart = database.prepare(
    'SELECT part FROM multipart_parts WHERE upload_id = ? AND part_number = ?',
  );
  const insertCompleted = database.prepare('INSERT INTO completed_uploads VALUES (?, ?, ?)');
  const selectCompleted = database.prepare('SELECT * FROM completed_uploads WHERE upload_id = ?');

  const parts = (uploadId: string) => selectParts.all(uploadId).map((row) => parsePart(String(row['part'])));

  return {
    parts,
    begin(upload) {
      const uploadId = randomBytes(24).toString('base64url');
      const { bucket, key, initiatedAt, headers, checksum } = upload;
      const checksumText = checksum === undefined ? null : JSON.stringify(checksum);
      insert.run(uploadId, bucket, key, initiatedAt, JSON.stringify(headers), checksumText);
      return { ...upload, uploadId };
    },
    find(uploadId, bucket, key) {
      const found = select.get(uploadId, bucket, key);
      return found === undefined ? undefined : parseUpload(found);
    },
    initiatedBefore: (bucket, time) => selectOld.all(bucket, time).map(parseUpload),
    putPart(uploadId, part) {
      const earlier = selectPart.get(uploadId, part.partNumber);
      upsertPart.run(uploadId, part.partNumber, partText(part));
      if (earlier !== undefined) store.removeBlob(parsePart(String(earlier['part'])).blob);
    },
    end(uploadId) {
      const ended = parts(uploadId);
      inTransaction(database, () => {
        deleteUpload.run(uploadId);
        deleteParts.run(uploadId);
      });
      for (const part of ended) store.removeBlob(part.blob);
    },
    complete(uploadId, { blob, namedParts }) {
      const joined = parts(uploadId);
      deleteUpload.run(uploadId);
      deleteParts.run(uploadId);
      insertCompleted.run(uploadId, blob, namedParts);
      return joined;
    },
    completed(uploadId) {
      const found = selectCompleted.get(uploadId);
      if (found === undefined) return undefined;
      return { blob: String(found['blob']), namedParts: String(found['named_parts']) };
    },
    forgetCompleted() {
      database.exec('DELETE FROM completed_uploads WHERE blob NOT IN (SELECT blob FROM objects)');
    },
    ownedBlobs() {
      const rows = database.prepare('SELECT part FROM multipart_parts').all();
      return new Set(rows.map((row) => parsePart(String(row['part'])).blob));
    },
  };
}

function parseUpload(row: Record<string, unknown>): Upload {
  const upload = {
    uploadId: String(row['upload_id']),
    bucket: String(row['bucket']),
    key: String(row['key']),
    initiatedAt: Number(row['initiated_at']),
    headers: parseHeaders(String(row['headers'])),
  };
  const checksum = row['checksum'];
  // Only `begin` writes here.
  return checksum === null ? upload : { ...upload, checksum: JSON.parse(String(checksum)) as UploadChecksum };
}

function partText(part: UploadedPart): string {
  return JSON.stringify({ ...part, checksums: [...part.checksums] });
}

function parsePart(text: string): UploadedPart {
  const part: unknown = JSON.parse(text);
  if (!isRecord(part)) throw new Error('a stored part cannot be read');
  return {
    partNumber: Number(part['partNumber']),
    blob: String(part['blob']),
    sizeBytes: Number(part['sizeBytes']),
    etag: String(part['etag']),
    modifiedAt: Number(part['modifiedAt']),
    // Only `putPart` writes here, with computed checksums.
    checksums: new Map(part['checksums'] as Iterable<[ChecksumAlgorithm, string]>),
  };
}
