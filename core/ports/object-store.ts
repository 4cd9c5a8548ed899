/** The description of a stored object. */
export interface StoredObject {
  readonly sizeBytes: number;
  /** The media type that was given with the PUT. */
  readonly mediaType: string;
}

/**
 * The result of one read: `bytes` and the description belong to the same content, even if the object is
 * replaced meanwhile.
 */
export interface ReadObject extends StoredObject {
  /** The whole content, which need not be text; absent if `accepts` refused the description. */
  readonly bytes?: Uint8Array;
}

/**
 * Stores what is too large for a record. The use cases choose the keys and never reuse one for other content.
 */
export interface ObjectStore {
  put(key: string, json: string): Promise<void>;
  /**
   * Reads an object in one request; undefined if it does not exist. The content is read only if `accepts`
   * returns true for its description, so a caller can limit its memory.
   */
  get(key: string, accepts: (object: StoredObject) => boolean): Promise<ReadObject | undefined>;
  /** A URL from which anyone may read until it expires; the response has the given media type, if any. */
  presignGet(key: string, lifetimeSeconds: number, mediaType?: string): Promise<string>;
  /**
   * A URL to which anyone may PUT exactly `sizeBytes` bytes until it expires; each PUT replaces the previous
   * content.
   */
  presignPut(key: string, lifetimeSeconds: number, sizeBytes: number): Promise<string>;
  /** Removes all objects whose keys start with the prefix; objects that are put meanwhile may stay. */
  removeAll(prefix: string): Promise<void>;
}
