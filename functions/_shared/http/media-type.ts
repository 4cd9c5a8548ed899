import {
  parameterizedPattern,
  parseList,
  parseParameterized,
  tokenPattern,
} from '../../../core/contract/http/header-list.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';

/** US-ASCII is a subset of UTF-8, so its bytes are decoded the same way. */
const charsets: readonly (string | undefined)[] = [undefined, 'utf-8', 'utf8', 'us-ascii', 'ascii'];

/** How a request describes its body. */
export interface BodyDescription {
  readonly httpMethod: string;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}

/**
 * Throws `unsupported-media-type` unless the body is declared as JSON in UTF-8 without a content coding; the
 * headers of the response list what is accepted (RFC 9110, 15.5.16). A body without a `Content-Type` is
 * parsed as JSON.
 */
export function checkMediaType({ httpMethod, contentType, contentEncoding }: BodyDescription): void {
  if (contentType !== undefined && !isJson(contentType))
    throw unsupportedMediaType(
      `The Content-Type must be application/json in UTF-8, not ${contentType}`,
      acceptedTypes(httpMethod),
    );
  const codings = parseList(contentEncoding ?? '', tokenPattern);
  if (!codings.every((coding) => coding?.toLowerCase() === 'identity'))
    throw unsupportedMediaType(`The body must be sent without a content coding, not as ${contentEncoding}`, {
      'Accept-Encoding': 'identity',
    });
}

function isJson(contentType: string): boolean {
  const [element, ...others] = parseList(contentType, parameterizedPattern);
  if (element === undefined || others.length > 0) return false;
  const { name, parameters } = parseParameterized(element);
  return (
    /^application\/json$|\/.*\+json$/.test(name) &&
    charsets.includes(parameters.get('charset')?.toLowerCase())
  );
}

/** For a PATCH, `Accept-Patch` is sent in addition to `Accept` (RFC 5789, 2.2). */
function acceptedTypes(httpMethod: string): Readonly<Record<string, string>> {
  if (httpMethod !== 'PATCH') return { Accept: 'application/json' };
  const Accept = 'application/merge-patch+json, application/json';
  return { Accept, 'Accept-Patch': Accept };
}

function unsupportedMediaType(detail: string, headers: Readonly<Record<string, string>>): ProblemError {
  return new ProblemError('unsupported-media-type', detail.slice(0, 200), { headers });
}
