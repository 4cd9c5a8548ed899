import { AwsError } from '../../aws-error.ts';
import type { AwsResponse, PageAccess, Resource } from '../../cloud.ts';
import { splitUrl } from '../../gateway/sigv4.ts';
import { allowsOrigin, type CorsRule, corsRules, matchingRule } from './cors-rules.ts';

type Headers = Readonly<Record<string, string>>;

const vary = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method';

const notAllowed =
  "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";

/**
 * What web pages may do by the CORS rules of the buckets. S3 refuses only preflight requests; it executes every other request that
 * is signed, and adds the headers of the matching rule to the response, also to an error. Where the documentation of S3 is silent
 * or differs, this follows responses that were recorded from S3:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/s3/test_s3_cors.snapshot.json
 */
export function bucketPageAccess(buckets: readonly Resource[]): PageAccess {
  const rulesByBucket = new Map(buckets.map((bucket) => [bucket.ref, corsRules(bucket)]));
  const rulesOf = (url: string) => rulesByBucket.get(splitUrl(url)[0].split('/')[1] ?? '');
  return {
    allowsOrigin: (origin, url) => rulesOf(url)?.some((rule) => allowsOrigin(rule, origin)) === true,
    preflight: ({ url, headers }) => preflight(headers, rulesOf(url), isObject(url)),
    headers({ method, url, headers }) {
      const { origin } = headers;
      // S3 evaluates these headers also of a request that is not a preflight.
      const asked = {
        method: headers['access-control-request-method'] ?? method,
        headers: askedFor(headers),
      };
      const rule = origin === undefined ? undefined : matchingRule(rulesOf(url) ?? [], { origin, ...asked });
      return rule === undefined || origin === undefined ? {} : headersOf(rule, origin);
    },
  };
}

function preflight(
  headers: Headers,
  rules: readonly CorsRule[] | undefined,
  isForObject: boolean,
): AwsResponse {
  const { origin } = headers;
  if (origin === undefined)
    throw new AwsError('BadRequest', 'Insufficient information. Origin request header needed.');
  const method = headers['access-control-request-method'] ?? 'OPTIONS';
  const refused = (message: string, ResourceType: string) =>
    new AwsError('AccessForbidden', message, 403).with({ Method: method, ResourceType });
  if (rules === undefined) throw refused('CORSResponse: Bucket not found', 'BUCKET');
  if (rules.length === 0) throw refused('CORSResponse: CORS is not enabled for this bucket.', 'BUCKET');
  const asked = askedFor(headers);
  const rule = matchingRule(rules, { origin, method, headers: asked });
  if (rule === undefined) throw refused(notAllowed, isForObject ? 'OBJECT' : 'BUCKET');
  const allowed = asked.length === 0 ? {} : { 'Access-Control-Allow-Headers': asked.join(', ') };
  return { status: 200, headers: { ...headersOf(rule, origin), ...allowed }, body: '' };
}

function headersOf(rule: CorsRule, origin: string): Headers {
  const { allowedOrigins, allowedMethods, exposedHeaders, maxAgeSeconds } = rule;
  const isOpen = allowedOrigins.includes('*');
  return {
    'Access-Control-Allow-Origin': isOpen ? '*' : origin,
    ...(isOpen ? {} : { 'Access-Control-Allow-Credentials': 'true' }),
    'Access-Control-Allow-Methods': allowedMethods.join(', '),
    ...(exposedHeaders.length === 0 ? {} : { 'Access-Control-Expose-Headers': exposedHeaders.join(', ') }),
    ...(maxAgeSeconds === undefined ? {} : { 'Access-Control-Max-Age': String(maxAgeSeconds) }),
    Vary: vary,
  };
}

/** The names in `Access-Control-Request-Headers`, in lower case, as S3 returns them. */
function askedFor(headers: Headers): readonly string[] {
  const names = (headers['access-control-request-headers'] ?? '').split(',');
  return names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
}

/** A request on a bucket has no key in its path. */
function isObject(url: string): boolean {
  return /^\/[^/]+\/./.test(splitUrl(url)[0]);
}
