import ipaddr from 'ipaddr.js';

/** Only these addresses are global unicast: https://www.iana.org/assignments/ipv6-address-space/ipv6-address-space.xhtml */
const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * Whether an IP address is reachable from the public Internet only: no private, loopback, link-local, shared, multicast or reserved
 * address, and no IPv6 address that contains an IPv4 address (mapped, NAT64, 6to4, Teredo). False for any other text.
 */
export function isPublicAddress(text: string): boolean {
  const address = parse(text);
  if (address === undefined || address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match(...globalUnicast);
}

/** Whether an IP address is a loopback address of IPv4 or IPv6. False for any other text. */
export function isLoopbackAddress(text: string): boolean {
  return parse(text)?.range() === 'loopback';
}

/** Whether a text is an IP address in the form to which URLs are normalized, without brackets. */
export function isAddress(text: string): boolean {
  return parse(text) !== undefined;
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}
