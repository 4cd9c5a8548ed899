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

/** How an object is served, whatever media type was given with the PUT. */
export interface ServedObject {
  readonly mediaType: string;
  /** False: a browser saves the object as a file. */
  readonly isInline: boolean;
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
  /**
   * A URL from which anyone may read until it expires. Without `served`, the response has the media type that was
   * given with the PUT.
   */
  presignGet(key: string, lifetimeSeconds: number, served?: ServedObject): Promise<string>;
  /**
   * A URL to which anyone may PUT exactly `sizeBytes` bytes until it expires; each PUT replaces the previous
   * content.
   */
  presignPut(key: string, lifetimeSeconds: number, sizeBytes: number): Promise<string>;
  /** Removes all objects whose keys start with the prefix; objects that are put meanwhile may stay. */
  removeAll(prefix: string): Promise<void>;
}
