import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { ErrandStack } from '../../../infra/errand-stack.ts';
import { addTemplateChecks } from '../../../infra/template-checks.ts';
import { textOf } from '../support/intrinsics.ts';
import { resourcesOf, synthesizedApp, temporaryCode } from '../support/synthesized-app.ts';

async function templateWith(corsOrigins: readonly string[]): Promise<Template> {
  const { code, outputDirectory, remove } = await temporaryCode();
  try {
    const app = new App({ outdir: outputDirectory });
    const stack = new ErrandStack(app, 'Errand', { code, corsOrigins });
    addTemplateChecks(app);
    return Template.fromStack(stack);
  } finally {
    await remove();
  }
}

const methodsOf = (template: Template) =>
  resourcesOf(template, 'AWS::ApiGateway::Method').map(([id, { Properties }]) => ({ id, ...Properties }));
const preflights = (template: Template) =>
  methodsOf(template).filter((method) => 'HttpMethod' in method && method.HttpMethod === 'OPTIONS');

/** The values of a header of all gateway responses. */
function gatewayHeaders(template: Template, name: string): ReadonlySet<unknown> {
  const responses = resourcesOf(template, 'AWS::ApiGateway::GatewayResponse');
  return new Set(
    responses.map(
      ([, { Properties }]) => Object(Properties['ResponseParameters'])[`gatewayresponse.header.${name}`],
    ),
  );
}

function originsOfFunctions(template: Template): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    resourcesOf(template, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
      const { Variables = {} } = Object(Properties['Environment']);
      return 'CORS_ORIGINS' in Variables ? [[Properties['FunctionName'], Variables.CORS_ORIGINS]] : [];
    }),
  );
}

/** The CORS rules of all buckets. */
const bucketRules = (template: Template) =>
  resourcesOf(template, 'AWS::S3::Bucket').flatMap(
    ([, { Properties }]) => Object(Properties['CorsConfiguration']).CorsRules ?? [],
  );

describe('without allowed origins', () => {
  test('the template has nothing for web pages', async () => {
    const { errand } = await synthesizedApp();
    expect(preflights(errand)).toEqual([]);
    expect(gatewayHeaders(errand, 'Access-Control-Allow-Origin')).toEqual(new Set([undefined]));
    expect(originsOfFunctions(errand)).toEqual({});
    expect(bucketRules(errand)).toEqual([]);
  });
});

describe('with one allowed origin', () => {
  let template: Template;
  beforeAll(async () => {
    template = await templateWith(['https://console.example.com']);
  });

  test('every resource, except those of workers, passes preflight requests to a function without a key', () => {
    const withKey = methodsOf(template).filter(
      (method) => 'HttpMethod' in method && method.HttpMethod === 'ANY' && 'AuthorizerId' in method,
    );
    const resourceOf = (method: object) => textOf('ResourceId' in method ? method.ResourceId : undefined);
    expect(preflights(template).map(resourceOf).toSorted()).toEqual(withKey.map(resourceOf).toSorted());
    for (const method of preflights(template))
      expect(method).toMatchObject({ AuthorizationType: 'NONE', Integration: { Type: 'AWS_PROXY' } });
  });

  test('responses of API Gateway itself name it, and expose their headers', () => {
    const named = gatewayHeaders(template, 'Access-Control-Allow-Origin');
    expect(named).toEqual(new Set(["'https://console.example.com'"]));
    const exposed = gatewayHeaders(template, 'Access-Control-Expose-Headers');
    expect(exposed).toEqual(new Set(["'Retry-After, WWW-Authenticate, x-request-id'"]));
  });

  test('the functions with routes for callers get it, and no others', () => {
    const origin = 'https://console.example.com';
    expect(originsOfFunctions(template)).toEqual({
      'errand-submit': origin,
      'errand-live': origin,
      'errand-api': origin,
    });
  });

  test('presigned URLs can be used for uploads and downloads, but the key of the API does not reach S3', () => {
    const [rule, ...others] = bucketRules(template);
    expect(others).toEqual([]);
    expect(rule).toMatchObject({
      AllowedOrigins: ['https://console.example.com'],
      AllowedMethods: ['GET', 'HEAD', 'PUT'],
      ExposedHeaders: expect.arrayContaining(['ETag', 'Content-Range']),
    });
    const allowed: readonly string[] = rule.AllowedHeaders;
    expect(allowed).toEqual(expect.arrayContaining(['content-type', 'if-none-match', 'x-amz-checksum-*']));
    for (const name of ['x-api-key', 'authorization', 'api-key'])
      expect(allowed.some((pattern) => new RegExp(`^${pattern.replace('*', '.*')}$`).test(name))).toBe(false);
  });
});

test.each([[['https://a.example', 'https://b.example']], [['*']]])(
  'responses of API Gateway itself name every origin if %j are allowed',
  async (origins) => {
    const template = await templateWith(origins);
    expect(gatewayHeaders(template, 'Access-Control-Allow-Origin')).toEqual(new Set(["'*'"]));
    expect(originsOfFunctions(template)['errand-api']).toBe(origins.join(' '));
    expect(bucketRules(template)).toMatchObject([{ AllowedOrigins: origins }]);
  },
);

test('an origin that is not valid prevents the synthesis', async () => {
  await expect(templateWith(['console.example.com'])).rejects.toThrow('console.example.com is not valid');
});
