import { describe, numberOf, requiredText, textsOf } from '../assembly/properties.ts';
import type { Resource } from '../cloud.ts';
import { compileTemplate, type Template } from './response-template.ts';

/** A checked `AWS::ApiGateway::GatewayResponse`. */
export interface GatewayResponse {
  readonly responseType: string;
  /** HTTP status; the failure's own status if absent. */
  readonly status?: number;
  /** Header values by name: a quoted literal or the source of the value. */
  readonly headers: ReadonlyArray<readonly [name: string, value: HeaderValue]>;
  /** Templates by content type. */
  readonly templates: ReadonlyMap<string, Template>;
}

/** Source of a header value: a literal, a `$context` variable or a part of the request. */
export type HeaderValue =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'request'; readonly part: 'header' | 'querystring' | 'path'; readonly name: string };

const headerPrefix = 'gatewayresponse.header.';

/**
 * Checks a gateway response. Throws an error that names the resource if a header or template cannot run
 * locally.
 */
export function compileGatewayResponse(resource: Resource): GatewayResponse {
  const status = numberOf(resource.properties, 'StatusCode');
  const parameters = Object.entries(textsOf(resource.properties, 'ResponseParameters'));
  const templates = Object.entries(textsOf(resource.properties, 'ResponseTemplates'));
  const where = describe(resource);
  return {
    responseType: requiredText(resource, 'ResponseType'),
    ...(status === undefined ? {} : { status }),
    headers: parameters.map(([name, value]) => {
      if (!name.startsWith(headerPrefix))
        throw new Error(`${where} sets ${name}; only headers (${headerPrefix}...) can be set`);
      return [name.slice(headerPrefix.length), headerValue(value, where)];
    }),
    templates: new Map(
      templates.map(([type, source]) => [type, compileTemplate(source, `${where} template ${type}`)]),
    ),
  };
}

function headerValue(value: string, where: string): HeaderValue {
  const literal = /^'(.*)'$/s.exec(value)?.[1];
  if (literal !== undefined) return { kind: 'literal', text: literal };
  if (/^context\.\w+(\.\w+)*$/.test(value)) return { kind: 'context', name: value };
  const [, part, name = ''] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(value) ?? [];
  if (part === 'header' || part === 'querystring' || part === 'path') return { kind: 'request', part, name };
  throw new Error(`${where} reads a header value from ${value}, which the local runtime does not support`);
}
