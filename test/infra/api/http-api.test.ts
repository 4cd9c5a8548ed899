import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { problem } from '../../../core/contract/problems/problem-schema.ts';
import { problemTypes } from '../../../core/contract/problems/problem-types.ts';
import { type Route, requiresKey } from '../../../core/contract/routes/route.ts';
import { routes } from '../../../core/contract/routes/routes.ts';
import { gatewayResponses, problemTemplate } from '../../../infra/api/gateway-responses.ts';
import { textOf } from '../support/intrinsics.ts';
import { resourcesOf, synthesizedApp, type TemplateResource } from '../support/synthesized-app.ts';

let errand: Template;
beforeAll(async () => {
  ({ errand } = await synthesizedApp());
});

interface Integration {
  readonly Type: string;
  readonly Uri: unknown;
  readonly ResponseTransferMode?: string;
  readonly TimeoutInMillis?: number;
}

interface Method {
  readonly path: string;
  readonly httpMethod: string;
  readonly authorization: unknown;
  readonly integration: Integration;
}

function methods(): readonly Method[] {
  const resources = new Map(resourcesOf(errand, 'AWS::ApiGateway::Resource'));
  const pathOf = (id: string): string => {
    const resource = resources.get(id.slice(1, -1));
    if (resource === undefined) return '';
    return `${pathOf(textOf(resource.Properties['ParentId']))}/${String(resource.Properties['PathPart'])}`;
  };
  return resourcesOf(errand, 'AWS::ApiGateway::Method').map(([, { Properties }]) => ({
    path: pathOf(textOf(Properties['ResourceId'])) || '/',
    httpMethod: String(Properties['HttpMethod']),
    authorization: Properties['AuthorizationType'],
    // A method of the CDK has an integration of this shape.
    integration: Properties['Integration'] as Integration,
  }));
}

/**
 * The method that serves the request, chosen segment by segment without backtracking: the narrowest interpretation of AWS's
 * rules.
 */
function methodFor(path: string, httpMethod: string): Method | undefined {
  const all = methods();
  const paths = new Set(all.map((one) => one.path));
  let at = '';
  for (const segment of path.split('/').slice(1)) {
    const variable = [...paths].find(
      (one) => one.startsWith(`${at}/{`) && /^\{\w+\}$/.test(one.slice(at.length + 1)),
    );
    if (paths.has(`${at}/${segment}`)) at = `${at}/${segment}`;
    else if (variable !== undefined) at = variable;
    else if (paths.has(`${at}/{proxy+}`)) {
      at = `${at}/{proxy+}`;
      break;
    } else return undefined;
  }
  const here = all.filter((one) => one.path === at);
  return here.find((one) => one.httpMethod === httpMethod) ?? here.find((one) => one.httpMethod === 'ANY');
}

const methodsOf = ({ method }: Route) => (method === 'GET' ? ['GET', 'HEAD'] : [method]);
const filled = (route: Route) => route.path.replaceAll(/\{\w+\}/g, 'x');

describe('the API', () => {
  test.each(routes.map((route): [string, Route] => [route.operationId, route]))(
    'serves %s as the table states',
    (_, route) => {
      // HEAD is served like GET, with or without a key.
      for (const httpMethod of methodsOf(route)) {
        const method = methodFor(filled(route), httpMethod);
        const target = { submit: '<Submit', live: '<Live', api: '<Api' }[route.servedBy];
        expect(textOf(method?.integration.Uri)).toContain(`functions/${target}`);
        expect(method?.integration.Type).toBe('AWS_PROXY');
        expect(method?.authorization).toBe(requiresKey(route) ? 'CUSTOM' : 'NONE');
      }
    },
  );

  test('streams the responses of submit and live, for up to 300 s, and no others', () => {
    const streamed = methods().filter((one) => one.integration.ResponseTransferMode === 'STREAM');
    const expected = routes
      .filter((route: Route) => route.servedBy !== 'api')
      .flatMap((route) => methodsOf(route).map((method) => `${method} ${route.path}`));
    expect(streamed.map((one) => `${one.httpMethod} ${one.path}`).sort()).toEqual(expected.sort());
    for (const { integration } of streamed) {
      expect(integration.TimeoutInMillis).toBe(300_000);
      expect(textOf(integration.Uri)).toMatch(
        /path\/2021-11-15\/functions\/.*\/response-streaming-invocations$/,
      );
    }
  });

  const elsewhere = ['/', '/v1', '/v1/jobs', '/v1/jobs/batch', '/v1/nothing', '/elsewhere', '/v1/health'];
  const ofOneJob = ['/v1/jobs/x', '/v1/jobs/x/y', '/v1/jobs/x/y/z', '/v1/jobs/x/rerun'];

  test.each([...elsewhere, ...ofOneJob])(
    'passes other methods of %s to the function that serves the routes, with a key',
    (path) => {
      const method = path === '/' ? methods().find((one) => one.path === '/') : methodFor(path, 'PATCH');
      expect(textOf(method?.integration.Uri)).toContain('functions/<Api');
      expect(method?.authorization).toBe('CUSTOM');
    },
  );

  test.each(['/v1/worker', '/v1/worker/jobs/x', '/v1/worker/jobs/x/nothing'])(
    'passes every method of %s to the function that checks the tokens of attempts, without a key',
    (path) => {
      const method = methodFor(path, 'PATCH');
      expect(textOf(method?.integration.Uri)).toContain('functions/<Api');
      expect(method?.authorization).toBe('NONE');
    },
  );

  test.each(['/v1/docs', '/v1/docs/guides/api'])(
    'passes every method of %s to the function that serves the documentation, without a key',
    (path) => {
      for (const httpMethod of ['GET', 'HEAD', 'PATCH']) {
        const method = methodFor(path, httpMethod);
        expect(textOf(method?.integration.Uri)).toContain('functions/<Docs');
        expect(method?.authorization).toBe('NONE');
      }
    },
  );

  test('requires a key except on the public routes, the worker routes and the documentation', () => {
    const open = methods().filter(
      (one) => one.authorization === 'NONE' && !/^\/v1\/(?:worker|docs)(?:\/|$)/.test(one.path),
    );
    const openRoutes = routes.filter(
      (route: Route) => !requiresKey(route) && route.requiresWorkerToken !== true,
    );
    expect(open.map((one) => `${one.httpMethod} ${one.path}`).sort()).toEqual(
      openRoutes.flatMap((route) => methodsOf(route).map((method) => `${method} ${route.path}`)).sort(),
    );
  });

  test('calls the authorizer for every request, with or without a header', () => {
    const [authorizer] = resourcesOf(errand, 'AWS::ApiGateway::Authorizer');
    expect(authorizer?.[1].Properties).toMatchObject({ Type: 'REQUEST', AuthorizerResultTtlInSeconds: 0 });
    expect(authorizer?.[1].Properties).not.toHaveProperty('IdentitySource');
  });

  test('is Regional, and its stage is throttled', () => {
    errand.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    errand.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'live',
      MethodSettings: [
        { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
      ],
    });
  });

  test('passes every body on as bytes, whatever its media type', () => {
    errand.hasResourceProperties('AWS::ApiGateway::RestApi', { BinaryMediaTypes: ['*/*'] });
  });

  test('converts such a body for every MOCK integration, which fails on bytes', () => {
    const mock = { Properties: { Integration: { Type: 'MOCK' } } };
    for (const { Properties } of Object.values(errand.findResources('AWS::ApiGateway::Method', mock)))
      expect(Properties.Integration.ContentHandling).toBe('CONVERT_TO_TEXT');
  });

  test('is the only caller of the functions besides these rules, except for the function with a public URL', () => {
    for (const [id, { Properties }] of resourcesOf(errand, 'AWS::Lambda::Permission')) {
      // The function URL for workers; the test of the stack checks who may call it.
      if (Properties['Principal'] === '*') continue;
      expect(textOf(Properties['SourceArn']), id).toMatch(
        /<HttpApiRestApi\w+>|<(ReconcilerEveryMinute|BatchEvents(WithReason|WithoutReason))\w+\.Arn>/,
      );
    }
  });
});

describe('among the responses of API Gateway itself,', () => {
  test.each(gatewayResponses.map((one) => [one.responseType, one] as const))(
    '%s is a problem with its own status and a detail, whatever API Gateway has recorded about the error',
    (_, response) => {
      // The request's id is the only variable that every response has.
      const text = problemTemplate(response).replaceAll('$context.requestId', '6f1a-42');
      expect(text).not.toContain('$');
      const body = problem.parse(JSON.parse(text));
      expect(body.status).toBe(problemTypes[response.slug].status);
      expect(body.detail).toMatch(/^[A-Z].{10,}/);
      expect(body.requestId).toBe('6f1a-42');
    },
  );

  test.each([
    'INTEGRATION_FAILURE',
    'INTEGRATION_TIMEOUT',
    'API_CONFIGURATION_ERROR',
    'AUTHORIZER_FAILURE',
    'AUTHORIZER_CONFIGURATION_ERROR',
    'DEFAULT_5XX',
  ])('%s is a 503 with Retry-After, since a throttled function is among its causes', (type) => {
    const response = resourcesOf(errand, 'AWS::ApiGateway::GatewayResponse').find(
      ([, { Properties }]) => Properties['ResponseType'] === type,
    );
    expect(response?.[1].Properties).toMatchObject({
      StatusCode: '503',
      ResponseParameters: { 'gatewayresponse.header.Retry-After': "'1'" },
    });
  });

  test('all are in the template, as problem JSON with the ID of the request', () => {
    const found = resourcesOf(errand, 'AWS::ApiGateway::GatewayResponse').map(([, one]) => one);
    expect(found.map((one) => one.Properties['ResponseType']).sort()).toEqual(
      gatewayResponses.map((one) => one.responseType).sort(),
    );
    for (const { Properties } of found) {
      expect(Properties['ResponseParameters']).toMatchObject({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
        'gatewayresponse.header.x-request-id': 'context.requestId',
      });
    }
  });

  test('those for a missing key describe how to authenticate', () => {
    const unauthorized = resourcesOf(errand, 'AWS::ApiGateway::GatewayResponse').find(
      ([, one]: readonly [string, TemplateResource]) => one.Properties['ResponseType'] === 'UNAUTHORIZED',
    );
    expect(unauthorized?.[1].Properties).toMatchObject({
      StatusCode: '401',
      ResponseParameters: { 'gatewayresponse.header.WWW-Authenticate': `'Bearer realm="errand"'` },
    });
  });
});
