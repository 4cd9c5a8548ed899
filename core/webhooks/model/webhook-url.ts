import { violationsError } from '../../contract/problems/problem-error.ts';
import { isAddress, isLoopbackAddress, isPublicAddress } from './public-address.ts';

/** Which addresses a webhook may have. */
export interface AddressPolicy {
  /** Whether loopback addresses are allowed, also without TLS; only on a local service. */
  readonly allowsLoopback: boolean;
}

/** Returns the host of a URL without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Whether a connection to an IP address is allowed. False for any other text. */
export function allowsAddress(address: string, { allowsLoopback }: AddressPolicy): boolean {
  return isPublicAddress(address) || (allowsLoopback && isLoopbackAddress(address));
}

/**
 * Parses the URL of a webhook and returns it normalized: a host such as `0x7f.1` becomes `127.0.0.1`. Throws `invalid-request` unless
 * it is an `https` URL without credentials and fragment whose host is a name or a public address. What a name resolves to is checked
 * at each connection.
 */
export function parseWebhookUrl(text: string, policy: AddressPolicy): string {
  if (!URL.canParse(text)) throw urlError('must be an absolute URL such as https://example.com/events');
  const url = new URL(text);
  const violation = violationOf(url, policy);
  if (violation !== undefined) throw urlError(violation);
  return url.href;
}

function violationOf(url: URL, policy: AddressPolicy): string | undefined {
  const host = hostOf(url);
  const isLoopback = policy.allowsLoopback && (host === 'localhost' || isLoopbackAddress(host));
  if (url.protocol !== 'https:' && !(isLoopback && url.protocol === 'http:'))
    return `must begin with https://, not ${url.protocol}`;
  if (url.username !== '' || url.password !== '')
    return 'must not contain credentials: verify the signature of each delivery instead';
  if (url.hash !== '') return 'must not contain a fragment, because a request does not contain it';
  if (isAddress(host) && !allowsAddress(host, policy))
    return `must not contain the address ${host}, which is not public`;
  if (!policy.allowsLoopback && /(?:^|\.)localhost\.?$/.test(host))
    return `must not contain the host ${host}, which is not public`;
  return undefined;
}

function urlError(detail: string) {
  return violationsError('invalid-request', [{ pointer: '/url', detail, keyword: 'format' }]);
}
