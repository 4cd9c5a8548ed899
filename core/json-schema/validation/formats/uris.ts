import { isIPv6 } from './internet-names.ts';

const unreserved = 'A-Za-z0-9._~\\-';
const subDelimiters = "!$&'()*+,;=";

/**
 * The parts of any text: https://www.rfc-editor.org/rfc/rfc3986#appendix-B. Each is delimited by characters that the one
 * before excludes, so nothing is matched twice.
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
  // Without a scheme a colon in the first segment would end one.
  if (scheme === undefined && authority === undefined && /^[^/]*:/.test(path)) return false;
  if (authority !== undefined && !isAuthority(authority)) return false;
  return isPath(path) && isQueryOrFragment(query) && isQueryOrFragment(fragment);
}

/** https://www.rfc-editor.org/rfc/rfc3986#section-3.2 */
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

/** A test for texts of these characters and percent-encoded octets. It searches for another one, and so never backtracks. */
function consistsOf(characters: string): (text: string) => boolean {
  const other = new RegExp(`[^%${characters}]|%(?![0-9A-Fa-f]{2})`);
  return (text) => !other.test(text);
}
