import { isIPv6 } from './internet-names.ts';

const unreserved = 'A-Za-z0-9._~\\-';
const subDelimiters = "!$&'()*+,;=";

/**
 * Splits any text into the parts of a URI: https://www.rfc-editor.org/rfc/rfc3986#appendix-B. Each part
 * excludes the delimiter that follows it, so there is no backtracking.
 */
const parts = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

const isUserinfo = consistsOf(`${unreserved}${subDelimiters}:`);
const isRegisteredName = consistsOf(`${unreserved}${subDelimiters}`);
const isPath = consistsOf(`${unreserved}${subDelimiters}:@/`);
const isQueryOrFragment = consistsOf(`${unreserved}${subDelimiters}:@/?`);
const schemePattern = /^[A-Za-z][A-Za-z0-9+.-]*$/;
const futureAddressPattern = new RegExp(`^v[0-9A-Fa-f]+\\.[${unreserved}${subDelimiters}:]+$`, 'i');
const portPattern = /^(?::[0-9]*)?$/;

/** Whether a text is a URI, which has a scheme: https://www.rfc-editor.org/rfc/rfc3986#section-3 */
export function isUri(text: string): boolean {
  return parts.exec(text)?.[1] !== undefined && isUriReference(text);
}

/** Whether a text is a URI or a relative reference: https://www.rfc-editor.org/rfc/rfc3986#section-4.1 */
export function isUriReference(text: string): boolean {
  const match = parts.exec(text);
  if (match === null) return false;
  const [, scheme, authority, path = '', query = '', fragment = ''] = match;
  if (scheme !== undefined && !schemePattern.test(scheme)) return false;
  // Without a scheme, the first segment must not contain a colon: the text before it would be a scheme.
  if (scheme === undefined && authority === undefined && /^[^/]*:/.test(path)) return false;
  if (authority !== undefined && !isAuthority(authority)) return false;
  return isPath(path) && isQueryOrFragment(query) && isQueryOrFragment(fragment);
}

/** Whether a text is an authority: https://www.rfc-editor.org/rfc/rfc3986#section-3.2 */
function isAuthority(text: string): boolean {
  const at = text.indexOf('@');
  if (at !== -1 && !isUserinfo(text.slice(0, at))) return false;
  const hostAndPort = text.slice(at + 1);
  if (!hostAndPort.startsWith('[')) {
    const [host = ''] = hostAndPort.split(':', 1);
    return isRegisteredName(host) && portPattern.test(hostAndPort.slice(host.length));
  }
  const end = hostAndPort.indexOf(']');
  const address = hostAndPort.slice(1, end);
  const isAddress = isIPv6(address) || futureAddressPattern.test(address);
  return end !== -1 && isAddress && portPattern.test(hostAndPort.slice(end + 1));
}

/**
 * Returns a test for texts that consist of these characters and percent-encoded octets. It searches for any
 * other character, so it never backtracks.
 */
function consistsOf(characters: string): (text: string) => boolean {
  const disallowed = new RegExp(`[^%${characters}]|%(?![0-9A-Fa-f]{2})`);
  return (text) => !disallowed.test(text);
}
