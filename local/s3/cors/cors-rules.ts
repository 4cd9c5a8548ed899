import type { Resource } from '../../cloud.ts';
import { isRecord, listOf } from '../../json.ts';

/** A rule of a bucket's CORS configuration. */
export interface CorsRule {
  /** Origins, each with at most one `*`, which stands for any text. */
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  /** Names of headers, each with at most one `*`. Without any, a page can send no header that needs permission. */
  readonly allowedHeaders: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
}

/** What a rule is compared with. */
export interface PageRequest {
  readonly origin: string;
  readonly method: string;
  /** Names of headers in lower case. */
  readonly headers: readonly string[];
}

/**
 * Reads the rules of a bucket in their order.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-corsrule.html
 */
export function corsRules({ properties }: Resource): readonly CorsRule[] {
  const configuration = properties['CorsConfiguration'];
  const rules = isRecord(configuration) ? listOf(configuration['CorsRules']).filter(isRecord) : [];
  return rules.map((rule) => {
    const texts = (name: string) => listOf(rule[name]).map(String);
    return {
      allowedOrigins: texts('AllowedOrigins'),
      allowedMethods: texts('AllowedMethods'),
      allowedHeaders: texts('AllowedHeaders').map((name) => name.toLowerCase()),
      exposedHeaders: texts('ExposedHeaders'),
      ...(rule['MaxAge'] === undefined ? {} : { maxAgeSeconds: Number(rule['MaxAge']) }),
    };
  });
}

/**
 * Returns the first rule that allows the origin, the method and all headers.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html#cors-eval-criteria
 */
export function matchingRule(
  rules: readonly CorsRule[],
  { origin, method, headers }: PageRequest,
): CorsRule | undefined {
  return rules.find(
    (rule) =>
      allowsOrigin(rule, origin) &&
      rule.allowedMethods.includes(method) &&
      headers.every((name) => rule.allowedHeaders.some((pattern) => matches(pattern, name))),
  );
}

/** Reports whether a rule names an origin, whatever the method and the headers are. */
export function allowsOrigin({ allowedOrigins }: CorsRule, origin: string): boolean {
  return allowedOrigins.some((pattern) => matches(pattern, origin));
}

/** A `*` also stands for the empty text: https://github.com/ceph/s3-tests, `test_cors_origin_response`. */
function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
