import { expect, test } from 'vitest';
import { readApiDefinition } from '../../apigateway/api-definition.ts';
import { findRoute } from '../../apigateway/route.ts';
import { modelOf } from '../fixture/model-of.ts';
import { apiResources } from './local-api.ts';

const F = { functionName: 'f' };
const testApi = readApiDefinition(
  modelOf(
    apiResources({
      'GET /': F,
      'POST /jobs': F,
      'GET /jobs/{id}': F,
      'GET /jobs/batch': F,
      'ANY /jobs/{id}/events': F,
      'GET /jobs/{id}/events': F,
      'ANY /{proxy+}': F,
      'GET /files/{name+}': F,
    }),
  ),
);

function route(method: string, path: string) {
  const found = findRoute(testApi, method, path);
  return found === undefined ? undefined : [found.resource.path, found.pathParameters];
}

test.each([
  ['GET', '/', ['/', null]],
  ['POST', '/jobs', ['/jobs', null]],
  ['POST', '/jobs/', ['/jobs', null]],
  ['GET', '/jobs/batch', ['/jobs/batch', null]],
  ['GET', '/jobs/7', ['/jobs/{id}', { id: '7' }]],
  ['DELETE', '/jobs/7/events', ['/jobs/{id}/events', { id: '7' }]],
  ['GET', '/jobs/7/attempts', ['/{proxy+}', { proxy: 'jobs/7/attempts' }]],
  ['GET', '/files/a/b', ['/files/{name+}', { name: 'a/b' }]],
  ['PUT', '/other', ['/{proxy+}', { proxy: 'other' }]],
])('%s %s is served by the most specific resource', (method, path, expected) => {
  expect(route(method, path)).toEqual(expected);
});

test('a request to a resource without its method does not match a less specific resource', () => {
  expect(route('GET', '/jobs')).toBeUndefined();
  expect(route('POST', '/')).toBeUndefined();
  expect(route('PUT', '/files/a')).toBeUndefined();
});

test.each([
  ['/jobs/urn:errand:job:1', 'urn:errand:job:1'],
  ['/jobs/urn%3Aerrand%3Ajob%3A1', 'urn:errand:job:1'],
  ['/jobs/a%2Fb', 'a/b'],
  ['/jobs/a%20b+c', 'a b+c'],
  ['/jobs/50%', '50%'],
  ['/jobs/%C3%A9', 'é'],
])('the path parameter of %s is decoded', (path, id) => {
  expect(route('GET', path)).toEqual(['/jobs/{id}', { id }]);
});

test('a named method takes precedence over ANY', () => {
  const found = findRoute(testApi, 'GET', '/jobs/7/events');
  expect(found?.method).toBe(found?.resource.methods.get('GET'));
});

test.each([
  [{ Type: 'MOCK' }, /method:GET \/ has integration type MOCK/],
  [{ Type: 'AWS_PROXY', Uri: 'arn:aws:apigateway:x:sqs:path/q' }, /does not invoke a function/],
  [
    {
      Type: 'AWS_PROXY',
      ResponseTransferMode: 'STREAM',
      Uri: 'arn:aws:apigateway:x:lambda:path/2015-03-31/functions/arn:f/invocations',
    },
    /does not invoke a function/,
  ],
])('an integration that cannot run locally is refused, and the error names it', (integration, message) => {
  const resources = apiResources({ 'GET /': F }).map((it) =>
    it.type === 'AWS::ApiGateway::Method'
      ? { ...it, properties: { ...it.properties, Integration: integration } }
      : it,
  );
  expect(() => readApiDefinition(modelOf(resources))).toThrow(message);
});
