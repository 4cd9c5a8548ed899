const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes UTF-8, without a byte order mark at the start: RFC 8259, 8.1, lets a JSON parser ignore one. Throws
 * a `TypeError` for bytes that are not UTF-8.
 */
export const decodeUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);
