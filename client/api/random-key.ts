/** Returns 128 random bits as hexadecimal digits. `crypto.randomUUID` is missing on pages that were loaded without TLS. */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
