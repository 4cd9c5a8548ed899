/** What a template or a header of a gateway response may speak of, by name without the dollar sign. */
export type TemplateValues = (name: string) => string | undefined;

/** A template that was checked; renders the text for one request. */
export type Template = (values: TemplateValues) => string;

const VARIABLE = /\$!?\{([A-Za-z][\w.]*)\}|\$!?([A-Za-z]\w*(?:\.\w+)*)/g;
const KNOWN_VARIABLE =
  /^context\.(apiId|accountId|extendedRequestId|httpMethod|path|protocol|requestId|requestTime|requestTimeEpoch|resourcePath|stage|domainName|error\.(message|messageString|responseType)|identity\.(sourceIp|userAgent)|authorizer\.\w+)$/;
const DIRECTIVE =
  /##|#\*|#(?:set|if|elseif|else|end|foreach|include|parse|macro|stop|break|evaluate|define)\b/;

/**
 * Checks a mapping template of a gateway response, of which the plain `$context` variables are known. Throws,
 * naming `where`, at any other variable, call or directive of the Velocity language, which would come out wrong.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function compileTemplate(source: string, where: string): Template {
  const directive = DIRECTIVE.exec(source)?.[0];
  if (directive !== undefined) throw new Error(`${where} uses ${directive}, which cannot run locally`);
  for (const [text, braced, plain] of source.matchAll(VARIABLE)) {
    if (!KNOWN_VARIABLE.test(braced ?? plain ?? '')) {
      throw new Error(`${where} uses ${text}, which cannot run locally`);
    }
  }
  return (values) =>
    source.replace(VARIABLE, (_text, braced: string | undefined, plain: string | undefined) => {
      return values(braced ?? plain ?? '') ?? '';
    });
}
