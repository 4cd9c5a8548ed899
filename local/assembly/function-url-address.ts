import { isRecord } from './json.ts';
import { generatedId, type NameSource } from './physical-names.ts';

/** Where a path on this machine begins that stands for a function URL; the URL's id follows. */
export const functionUrlPath = '/_url/';

/** The id that is the first label of a function URL's host. */
export function functionUrlId(source: NameSource): string {
  return generatedId(source, 32);
}

/**
 * The address of a function URL in AWS, with its slash at the end.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function functionUrlAddress(urlId: string, region: string): string {
  return `https://${urlId}.lambda-url.${region}.on.aws/`;
}

/** Puts this machine's address wherever a resolved value names a function URL of that region. */
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
