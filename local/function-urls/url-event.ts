import { type ApiRequest, headerOf, type MultiValues } from '../apigateway/api-request.ts';
import { commonLogTime } from '../apigateway/proxy-event.ts';

/** A request to a function URL. */
export interface UrlRequest {
  readonly urlId: string;
  /** The request; its path is the part after the host of the URL. */
  readonly request: ApiRequest;
  /** Query as received, without the question mark. */
  readonly rawQuery: string;
  readonly body: Buffer;
}

/**
 * Builds the event of a public function URL, payload format 2.0: header names are in lower case, values of
 * the same name are joined by commas, cookies are separate, and members without a value are omitted.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function urlEvent({ urlId, request, rawQuery, body }: UrlRequest): object {
  const { cookie = [], ...headers } = lowerCase(request.headers);
  const cookies = cookie.flatMap((line) => line.split(/; */)).filter((each) => each !== '');
  const isText = isTextType(headerOf(request, 'content-type'));
  const domainName = (headerOf(request, 'host') ?? '').replace(/:\d+$/, '');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: request.path,
    rawQueryString: rawQuery,
    ...(cookies.length === 0 ? {} : { cookies }),
    headers: joined(headers),
    ...(rawQuery === '' ? {} : { queryStringParameters: joined(request.query) }),
    requestContext: {
      accountId: 'anonymous',
      apiId: urlId,
      domainName,
      domainPrefix: domainName.split('.')[0] ?? '',
      http: {
        method: request.httpMethod,
        path: request.path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: headerOf(request, 'user-agent') ?? '',
      },
      requestId: request.requestId,
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(request.receivedAt),
      timeEpoch: request.receivedAt.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/**
 * AWS does not document which types are text. For unknown types the function receives Base64, and
 * `isBase64Encoded` is true.
 */
function isTextType(contentType: string | undefined): boolean {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return /^(text\/.+|application\/(json|javascript|xml))$/.test(mediaType);
}

function lowerCase(headers: MultiValues): MultiValues {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values]));
}

function joined(values: MultiValues): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.join(',')]));
}
