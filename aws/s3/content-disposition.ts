const maxNameBytes = 255;

/** Path separators, control characters, and characters that reverse the order of the text that a person reads. */
const harmful = /[/\\\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Every character that RFC 8187 (3.2.1) does not allow unencoded in `filename*`; `encodeURIComponent` leaves these. */
const leftUnencoded = /[*'()]/g;

/**
 * The value of the header `Content-Disposition` under which a browser saves or displays a file (RFC 6266): `filename` in ASCII for
 * old clients and `filename*` in UTF-8, at most 255 bytes of the name. Any name is safe: it can neither end the header nor be a path.
 */
export function contentDisposition(fileName: string, isInline = false): string {
  const name = plainName(fileName);
  const ascii = name.replaceAll(/[^ -~]|["%]/gu, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    leftUnencoded,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${isInline ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

function plainName(fileName: string): string {
  const name = cut(fileName.toWellFormed().replaceAll(harmful, '_'));
  return /^\.{0,2}$/.test(name) ? '_' : name;
}

function cut(name: string): string {
  const bytes = Buffer.from(name);
  let end = Math.min(bytes.length, maxNameBytes);
  // A byte 10xxxxxx continues a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
