import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { openResponses } from '../../bin/open-api/open-responses.ts';
import document from '../../docs/openapi.json' with { type: 'json' };
import { closedSchemas } from '../support/local-service/closed-schemas.ts';

/** Checks a named schema of the components as a client of the document would. */
function validator(schemas: object, name: string) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
  ajv.addSchema(schemas, 'errand');
  return ajv.compile({ $ref: `errand#/components/schemas/${name}` });
}

const action = { name: 'abort', allowed: true };
const ofTomorrow = { ...action, since: 'tomorrow' };

describe('the OpenAPI document', () => {
  test('allows unknown members in responses, also in nested objects', () => {
    const isAction = validator(document, 'JobAction');
    expect([isAction(action), isAction(ofTomorrow), isAction({ name: 'abort' })]).toEqual([
      true,
      true,
      false,
    ]);
    const { responses } = document.paths['/v1/jobs'].get;
    expect(JSON.stringify(responses)).not.toContain('"additionalProperties":false');
  });

  test('allows no unknown members in requests', () => {
    const isAbort = validator(document, 'AbortRequest');
    expect([isAbort({ reason: 'r' }), isAbort({ reason: 'r', surprise: 1 })]).toEqual([true, false]);
    const isBulk = validator(document, 'BulkSubmission');
    const jobs = [{ service: 'echo' }];
    expect([isBulk({ jobs }), isBulk({ jobs, surprise: 1 })]).toEqual([true, false]);
  });

  test('is closed again for tests, so that they detect every undocumented member', () => {
    const isAction = validator(closedSchemas(document), 'JobAction');
    expect([isAction(action), isAction(ofTomorrow)]).toEqual([true, false]);
  });
});

test('shapes that responses return as they were sent stay closed in both', () => {
  const isPolicy = validator(document, 'RetryPolicy');
  expect([isPolicy({ maxAttempts: 2 }), isPolicy({ maxAttempts: 2, surprise: 1 })]).toEqual([true, false]);
});

describe('openResponses', () => {
  const closed = { type: 'object', properties: {}, additionalProperties: false };
  const documentOf = (requestBody: unknown, responses: unknown, schemas: object) => ({
    paths: { '/v1/things': { post: { requestBody, responses } } },
    components: { schemas },
  });

  test('opens shapes that responses reference through others, and leaves open shapes and shapes of requests unchanged', () => {
    const loose = { ...closed, additionalProperties: { type: 'string' } };
    const schemas = {
      Request: closed,
      Response: { anyOf: [{ $ref: '#/components/schemas/Inner' }, loose] },
      Inner: closed,
      Unused: closed,
    };
    const responses = {
      200: { schema: { type: 'array', items: { $ref: '#/components/schemas/Response' } } },
    };
    const opened = openResponses(
      documentOf({ schema: { $ref: '#/components/schemas/Request' } }, responses, schemas),
    );
    expect(opened['components']).toEqual({
      schemas: { ...schemas, Inner: { type: 'object', properties: {} } },
    });
  });

  test('stops at shapes that reference each other', () => {
    const schemas = { Tree: { ...closed, properties: { child: { $ref: '#/components/schemas/Tree' } } } };
    const opened = openResponses(
      documentOf(undefined, { 200: { $ref: '#/components/schemas/Tree' } }, schemas),
    );
    expect(JSON.stringify(opened)).not.toContain('additionalProperties');
  });

  test('refuses a shape that both requests and responses use', () => {
    const shared = { $ref: '#/components/schemas/Shared' };
    const both = documentOf({ deep: [shared] }, { 200: shared }, { Shared: closed });
    expect(() => openResponses(both)).toThrow('Requests and responses share the schemas Shared');
    expect(openResponses(both, ['Shared'])['components']).toEqual({ schemas: { Shared: closed } });
  });
});
