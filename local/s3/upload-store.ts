import { randomBytes } from 'node:crypto';
import { isRecord } from '../json.ts';
import { inTransaction } from '../sqlite-store.ts';
import type { Checksum, ChecksumAlgorithm } from './checksum.ts';
import { parseHeaders } from './object-headers.ts';
import type { ObjectStore } from './object-store.ts';

/** A multipart upload in progress. */
export interface Upload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An uploaded part. */
export interface UploadedPart {
  readonly partNumber: number;
  readonly blob: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly modifiedAtEpochMilliseconds: number;
  readonly checksum?: Checksum;
}

/** Multipart uploads that are not complete yet. */
export interface UploadStore {
  begin(upload: Omit<Upload, 'uploadId'>): string;
  /** Returns undefined if this key has no such upload. */
  find(uploadId: string, bucket: string, key: string): Upload | undefined;
  putPart(uploadId: string, part: UploadedPart): void;
  /** Returns the parts ordered by number. */
  parts(uploadId: string): readonly UploadedPart[];
  /** Deletes an upload and the files of its parts. */
  end(uploadId: string): void;
  /** Returns the names of the files of all parts. */
  ownedBlobs(): ReadonlySet<string>;
}

/** Opens the store of uploads in the database of the objects. */
export function openUploadStore(store: ObjectStore): UploadStore {
  const { database } = store;
  database.exec(`CREATE TABLE IF NOT EXISTS uploads (
      upload_id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS parts (
      upload_id TEXT NOT NULL, part_number INTEGER NOT NULL, part TEXT NOT NULL, PRIMARY KEY (upload_id, part_number)
    ) WITHOUT ROWID`);
  const insert = database.prepare('INSERT INTO uploads VALUES (?, ?, ?, ?)');
  const select = database.prepare('SELECT * FROM uploads WHERE upload_id = ? AND bucket = ? AND key = ?');
  const upsertPart = database.prepare('INSERT OR REPLACE INTO parts VALUES (?, ?, ?)');
  const deleteUpload = database.prepare('DELETE FROM uploads WHERE upload_id = ?');
  const deleteParts = database.prepare('DELETE FROM parts WHERE upload_id = ?');
  const selectParts = database.prepare('SELECT part FROM parts WHERE upload_id = ? ORDER BY part_number');

  const parts = (uploadId: string) => selectParts.all(uploadId).map((row) => parsePart(String(row['part'])));

  return {
    parts,
    begin({ bucket, key, headers }) {
      const uploadId = randomBytes(24).toString('base64url');
      insert.run(uploadId, bucket, key, JSON.stringify(headers));
      return uploadId;
    },
    find(uploadId, bucket, key) {
      const found = select.get(uploadId, bucket, key);
      if (found === undefined) return undefined;
      return { uploadId, bucket, key, headers: parseHeaders(String(found['headers'])) };
    },
    putPart(uploadId, part) {
      const earlier = parts(uploadId).find((each) => each.partNumber === part.partNumber);
      upsertPart.run(uploadId, part.partNumber, JSON.stringify(part));
      if (earlier !== undefined) store.removeBlob(earlier.blob);
    },
    end(uploadId) {
      const ended = parts(uploadId);
      inTransaction(database, () => {
        deleteUpload.run(uploadId);
        deleteParts.run(uploadId);
      });
      for (const part of ended) store.removeBlob(part.blob);
    },
    ownedBlobs() {
      const rows = database.prepare('SELECT part FROM parts').all();
      return new Set(rows.map((row) => parsePart(String(row['part'])).blob));
    },
  };
}

function parsePart(text: string): UploadedPart {
  const part: unknown = JSON.parse(text);
  if (!isRecord(part)) throw new Error('a stored part cannot be read');
  const { checksum } = part;
  return {
    partNumber: Number(part['partNumber']),
    blob: String(part['blob']),
    sizeBytes: Number(part['sizeBytes']),
    etag: String(part['etag']),
    modifiedAtEpochMilliseconds: Number(part['modifiedAtEpochMilliseconds']),
    // Only `putPart` writes here, with a verified checksum.
    ...(isRecord(checksum)
      ? {
          checksum: {
            algorithm: checksum['algorithm'] as ChecksumAlgorithm,
            value: String(checksum['value']),
          },
        }
      : {}),
  };
}
