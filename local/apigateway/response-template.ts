/** Looks up a variable of a gateway response's template or header by its name without the dollar sign. */
export type TemplateValues = (name: string) => string | undefined;

/** A checked template; renders the text for one request. */
export type Template = (values: TemplateValues) => string;

const variablePattern = /\$!?\{([A-Za-z][\w.]*)\}|\$!?([A-Za-z]\w*(?:\.\w+)*)/g;
const knownVariable =
  /^context\.(apiId|accountId|extendedRequestId|httpMethod|path|protocol|requestId|requestTime|requestTimeEpoch|resourcePath|stage|domainName|error\.(message|messageString|responseType)|identity\.(sourceIp|userAgent)|authorizer\.\w+)$/;
const directivePattern =
  /##|#\*|#(?:set|if|elseif|else|end|foreach|include|parse|macro|stop|break|evaluate|define)\b/;

/**
 * Compiles a mapping template of a gateway response. Only plain `$context` variables are supported. Throws an
 * error that names `where` if the template contains any other variable, call or Velocity directive, because
 * it would render incorrectly.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function compileTemplate(source: string, where: string): Template {
  const directive = directivePattern.exec(source)?.[0];
  if (directive !== undefined)
    throw new Error(`${where} uses ${directive}, which the local runtime does not support`);
  for (const [text, braced, plain] of source.matchAll(variablePattern)) {
    if (!knownVariable.test(braced ?? plain ?? '')) {
      throw new Error(`${where} uses ${text}, which the local runtime does not support`);
    }
  }
  return (values) =>
    source.replace(variablePattern, (_text, braced: string | undefined, plain: string | undefined) => {
      return values(braced ?? plain ?? '') ?? '';
    });
}
