import { isIPv4 as isNodeIPv4, isIPv6 as isNodeIPv6 } from 'node:net';

const maxAddressLength = 45;
const maxHostnameLength = 253;
const maxMailboxLength = 254;
const maxLocalPartLength = 64;

const labelPattern = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const atomPattern = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/;
const quotedPattern = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"$/;

/**
 * Whether a text is a dotted quad of decimals without leading zeros:
 * https://www.rfc-editor.org/rfc/rfc2673#section-3.2
 */
export function isIPv4(text: string): boolean {
  return text.length <= maxAddressLength && isNodeIPv4(text);
}

/** Whether a text is an IPv6 address, without a zone: https://www.rfc-editor.org/rfc/rfc4291#section-2.2 */
export function isIPv6(text: string): boolean {
  return text.length <= maxAddressLength && !text.includes('%') && isNodeIPv6(text);
}

/** Whether a text is a host name of ASCII labels: https://www.rfc-editor.org/rfc/rfc1123#section-2.1 */
export function isHostname(text: string): boolean {
  return text.length <= maxHostnameLength && text.split('.').every((label) => labelPattern.test(label));
}

/**
 * Whether a text is a mailbox: https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2, with the length limits
 * of its section 4.5.3.1 (256 characters for a path, which includes two brackets).
 */
export function isEmail(text: string): boolean {
  if (text.length > maxMailboxLength) return false;
  const at = text.lastIndexOf('@');
  return at !== -1 && isLocalPart(text.slice(0, at)) && isMailDomain(text.slice(at + 1));
}

function isLocalPart(text: string): boolean {
  if (text.length > maxLocalPartLength) return false;
  return quotedPattern.test(text) || text.split('.').every((atom) => atomPattern.test(atom));
}

/** Only IP address literals are accepted, because no other tag is registered. */
function isMailDomain(text: string): boolean {
  if (!text.startsWith('[') || !text.endsWith(']')) return isHostname(text);
  const address = text.slice(1, -1);
  return /^IPv6:/i.test(address) ? isIPv6(address.slice(5)) : isIPv4(address);
}
