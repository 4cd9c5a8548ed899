/** Whether a text is a JSON Pointer: https://www.rfc-editor.org/rfc/rfc6901#section-3 */
export function isJsonPointer(text: string): boolean {
  return (text === '' || text.startsWith('/')) && !/~(?![01])/.test(text);
}

const prefix = /^(?:0|[1-9][0-9]*)(?:[+-][1-9][0-9]*)?/;

/**
 * Whether a text is a relative JSON Pointer:
 * https://datatracker.ietf.org/doc/html/draft-bhutton-relative-json-pointer-00#section-3
 */
export function isRelativeJsonPointer(text: string): boolean {
  const found = prefix.exec(text)?.[0];
  if (found === undefined) return false;
  const rest = text.slice(found.length);
  return rest === '#' || isJsonPointer(rest);
}
