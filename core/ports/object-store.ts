/** An object as it was put. */
export interface StoredObject {
  readonly sizeBytes: number;
  /** As whoever put it said. */
  readonly mediaType: string;
}

/** One read of an object: `bytes` and the description are of the same content, whatever is put meanwhile. */
export interface ReadObject extends StoredObject {
  /** The whole content, which need not be text; absent when the reader refused it by its description. */
  readonly bytes?: Uint8Array;
}

/** Holds what is too large for a record. Keys are made by the use cases and never reused for other content. */
export interface ObjectStore {
  put(key: string, json: string): Promise<void>;
  /**
   * Reads an object in one request; undefined when there is no such object. The content is read only when `accepts`
   * returns true for its description, so a reader bounds the memory that it needs.
   */
  get(key: string, accepts: (object: StoredObject) => boolean): Promise<ReadObject | undefined>;
  /** An address that anyone may read from until it expires; the answer has the media type, if one is given. */
  presignGet(key: string, lifetimeSeconds: number, mediaType?: string): Promise<string>;
  /** An address that anyone may put exactly so many bytes to until it expires; each PUT replaces the one before. */
  presignPut(key: string, lifetimeSeconds: number, sizeBytes: number): Promise<string>;
  /** Removes every object whose key begins so; those that are put meanwhile may stay. */
  removeAll(prefix: string): Promise<void>;
}
