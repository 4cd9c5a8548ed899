const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The text that bytes are in UTF-8, without a byte order mark at its beginning: RFC 8259, 8.1, lets a reader of JSON
 * ignore one. Throws a `TypeError` that says so where they are not UTF-8.
 */
export const decodeUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);
