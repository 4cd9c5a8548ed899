import { isRecord } from '../json.ts';
import { generatedId, type NameSource } from './physical-names.ts';

/** Prefix of the local paths that serve function URLs; the URL's id follows it. */
export const functionUrlPath = '/_url/';

/** Generates the id of a function URL, which is the first label of its host name. */
export function functionUrlId(source: NameSource): string {
  return generatedId(source, 32);
}

/**
 * Returns the address of a function URL in AWS, with a trailing slash.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function functionUrlAddress(urlId: string, region: string): string {
  return `https://${urlId}.lambda-url.${region}.on.aws/`;
}

/** Replaces the addresses of function URLs of the region by local addresses in a resolved value. */
export function localFunctionUrls(
  value: unknown,
  at: { readonly region: string; readonly baseUrl: string },
): unknown {
  if (typeof value === 'string') {
    const address = new RegExp(String.raw`https://([a-z0-9]+)\.lambda-url\.${at.region}\.on\.aws/`, 'g');
    return value.replace(address, (_whole, urlId: string) => `${at.baseUrl}${functionUrlPath}${urlId}/`);
  }
  if (Array.isArray(value)) return value.map((member) => localFunctionUrls(member, at));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, localFunctionUrls(member, at)]),
  );
}
