import { describe, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { parseWire, pointerTo } from '../../../../core/contract/http/parse-wire.ts';
import { ProblemError, toProblem } from '../../../../core/contract/problems/problem-error.ts';
import type { Violation } from '../../../../core/contract/problems/problem-schema.ts';
import { problem } from '../../../../core/contract/problems/problem-schema.ts';
import { jobListQuery } from '../../../../core/contract/schemas/job-list-schemas.ts';
import { eventListQuery, noQuery } from '../../../../core/contract/schemas/list-schemas.ts';
import { serviceDefinition } from '../../../../core/contract/schemas/service-schemas.ts';
import { submission } from '../../../../core/contract/schemas/submission-schemas.ts';

function faultsOf(schema: z.ZodMiniType, json: string): readonly Violation[] {
  try {
    parseWire(schema, JSON.parse(json));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    expect(error.slug).toBe('invalid-request');
    expect(problem.parse(toProblem(error))).toEqual(toProblem(error));
    return error.extension.errors ?? [];
  }
  throw new Error('no fault was found');
}

const describeErrors = (faults: readonly Violation[]) =>
  faults.map(({ pointer, keyword }) => `${pointer} ${keyword}`).sort();

describe('parseWire', () => {
  test('returns a value that fits its schema', () => {
    const value = { service: 'echo@^1', parameters: null, tags: ['a'], metadata: { a: [1] } };
    expect(parseWire(submission, value)).toEqual(value);
    expect(parseWire(submission, { service: { name: 'echo' } })).toEqual({ service: { name: 'echo' } });
  });

  test('refuses text that UTF-8 cannot encode', () => {
    const lone = JSON.stringify({ service: 'echo', name: 'a\ud800', tags: ['\udfff', '🙂'] });
    expect(describeErrors(faultsOf(submission, lone))).toEqual(['/name custom', '/tags/0 custom']);
  });

  test('describes the error of a name', () => {
    const environment = {
      'A=B': '1',
      '': '2',
      AWS_BATCH_JOB_ID: '3',
      ERRAND_X: '4',
      TRACEPARENT: '5',
      good: '6',
    };
    const dispatcher = { kind: 'batch', jobDefinition: 'd', environment };
    const faults = faultsOf(serviceDefinition, JSON.stringify({ parameters: {}, dispatcher }));
    const { good: _, ...bad } = environment;
    expect(faults).toEqual(
      Object.keys(bad).map((name) => ({
        pointer: `/dispatcher/environment/${name}`,
        detail: 'its name must be the name of a variable that neither Errand nor Batch sets itself',
        keyword: 'propertyNames',
      })),
    );
  });

  test('refuses a variable called __proto__, which would be lost, and accepts variables with names of inherited members', () => {
    const read = (environment: string) =>
      `{"parameters":{},"dispatcher":{"kind":"batch","jobDefinition":"d","environment":${environment}}}`;
    expect(faultsOf(serviceDefinition, read('{"A":"1","__proto__":"2"}'))).toEqual([
      {
        pointer: '/dispatcher/environment/__proto__',
        detail: 'is a reserved name: use another one',
        keyword: 'propertyNames',
      },
    ]);
    const kept = '{"constructor":"1","toString":"2","hasOwnProperty":"3","valueOf":"4"}';
    const definition = parseWire(serviceDefinition, JSON.parse(read(kept)));
    expect(JSON.stringify(definition)).toBe(read(kept));
  });

  test.each([
    [
      'a member of a definition',
      serviceDefinition,
      '{"parameters":{},"dispatcher":{"kind":"lambda","functionName":"f"},"__proto__":{}}',
      '/__proto__',
    ],
    [
      'a member of a dispatcher',
      serviceDefinition,
      '{"parameters":{},"dispatcher":{"kind":"lambda","functionName":"f","__proto__":{}}}',
      '/dispatcher/__proto__',
    ],
    ['a member of a selector', submission, '{"service":{"name":"a","__proto__":{}}}', '/service/__proto__'],
    ['a query parameter', noQuery, '{"__proto__":"1"}', '/__proto__'],
  ])('refuses %s called __proto__', (_, schema, json, pointer) => {
    expect(faultsOf(schema, json).map((fault) => fault.pointer)).toEqual([pointer]);
  });

  test('accepts metadata, parameters and schemas with any names', () => {
    const names = '{"__proto__":{"a":1},"constructor":2,"toString":3}';
    for (const [schema, json] of [
      [submission, `{"service":"a","parameters":${names},"metadata":${names}}`],
      [
        serviceDefinition,
        `{"parameters":{"properties":${names}},"dispatcher":{"kind":"lambda","functionName":"f"}}`,
      ],
    ] as const)
      expect(JSON.stringify(parseWire(schema as z.ZodMiniType, JSON.parse(json)))).toBe(json);
  });

  test('refuses a NUL character in a value that is passed to a container', () => {
    const dispatcher = { kind: 'batch', jobDefinition: 'd', command: ['a\0'], environment: { A: '\0' } };
    expect(
      describeErrors(faultsOf(serviceDefinition, JSON.stringify({ parameters: {}, dispatcher }))),
    ).toEqual(['/dispatcher/command/0 custom', '/dispatcher/environment/A custom']);
  });

  test('reports every error with its location', () => {
    const json = JSON.stringify({
      service: 'echo',
      name: '',
      tags: ['ok', 5, 'x'.repeat(129)],
      retry: { maxAttempts: 11, backoffSeconds: -1, retryOn: ['nothing'], other: 1 },
      timeoutSeconds: 1.5,
      metadata: [],
      extra: true,
    });
    expect(describeErrors(faultsOf(submission, json))).toEqual([
      '/extra additionalProperties',
      '/metadata custom',
      '/name minimum',
      '/retry/backoffSeconds minimum',
      '/retry/maxAttempts maximum',
      '/retry/other additionalProperties',
      '/retry/retryOn/0 enum',
      '/tags/1 type',
      '/tags/2 maximum',
      '/timeoutSeconds type',
    ]);
  });

  test.each([
    ['{"service":{}}', '/service type'],
    ['{"service":5}', '/service type'],
    ['{"service":{"version":"1"}}', '/service type'],
    ['[]', ' type'],
    ['null', ' type'],
    ['"text"', ' type'],
    ['{"service":"a","a/b~c":1}', '/a~1b~0c additionalProperties'],
    ['{"service":"a","__proto__":1}', '/__proto__ additionalProperties'],
    ['{"service":"a","tags":{}}', '/tags type'],
    ['{"service":"a","name":null}', '/name type'],
  ])('describes the error of the submission %s: %s', (json, fault) => {
    expect(describeErrors(faultsOf(submission, json))).toEqual([fault]);
  });

  test('reports every missing member as required, whatever its type', () => {
    expect(describeErrors(faultsOf(serviceDefinition, '{}'))).toEqual([
      '/dispatcher required',
      '/parameters required',
    ]);
    expect(describeErrors(faultsOf(serviceDefinition, '{"parameters":{},"dispatcher":{}}'))).toEqual([
      '/dispatcher/kind required',
    ]);
    const nameless = '{"parameters":{},"dispatcher":{"kind":"lambda"}}';
    expect(describeErrors(faultsOf(serviceDefinition, nameless))).toEqual([
      '/dispatcher/functionName required',
    ]);
  });

  test('describes what is allowed', () => {
    const [fault] = faultsOf(
      serviceDefinition,
      '{"parameters":{},"dispatcher":{"kind":"lambda","functionName":"a:b"}}',
    );
    expect(fault).toEqual({
      pointer: '/dispatcher/functionName',
      keyword: 'format',
      detail: 'must be the name of a function, not an ARN: 1 to 64 letters, digits, hyphens and underscores',
    });
    const [kind] = faultsOf(
      serviceDefinition,
      '{"parameters":{},"dispatcher":{"kind":"x","functionName":"a"}}',
    );
    const pointer = '/dispatcher/kind';
    expect(kind).toEqual({ pointer, keyword: 'enum', detail: 'must be one of lambda, batch' });
    const [missing] = faultsOf(serviceDefinition, '{"parameters":{},"dispatcher":{}}');
    expect(missing).toEqual({ pointer, keyword: 'required', detail: 'is required (one of lambda, batch)' });
  });

  test('reports the error of the branch that matches best', () => {
    const [fault] = faultsOf(submission, '{"service":{"name":"echo","version":7}}');
    expect(fault).toEqual({ pointer: '/service', keyword: 'type', detail: 'version must be a string' });
  });

  test('never repeats the value that was sent', () => {
    const secret = 'hunter2';
    for (const json of [`{"service":"a","name":{"x":"${secret}"}}`, `{"service":"a","retry":"${secret}"}`]) {
      expect(JSON.stringify(faultsOf(submission, json))).not.toContain(secret);
    }
  });

  test.each([
    ['{"limit":"0"}', '/limit format'],
    ['{"limit":"-1"}', '/limit format'],
    ['{"limit":"1.5"}', '/limit format'],
    ['{"limit":"ten"}', '/limit format'],
    ['{"limit":""}', '/limit format'],
    ['{"limit":"9999999999"}', '/limit format'],
    ['{"cursor":""}', '/cursor minimum'],
    ['{"status":"done"}', '/status format'],
    ['{"status":"failed,"}', '/status format'],
    ['{"status":"failed, error"}', '/status format'],
    ['{"service":"Echo"}', '/service format'],
    ['{"colour":"red"}', '/colour additionalProperties'],
  ])('refuses the list query %s', (json, fault) => {
    expect(describeErrors(faultsOf(jobListQuery, json))).toEqual([fault]);
  });

  test('accepts lists of states and services', () => {
    const query = { status: 'failed,error,aborted', service: 'a,b-c', limit: '5000', cursor: 'abc' };
    expect(parseWire(jobListQuery, query)).toEqual(query);
    expect(parseWire(eventListQuery, {})).toEqual({});
    expect(describeErrors(faultsOf(noQuery, '{"a":"1","b":"2"}'))).toEqual([
      '/a additionalProperties',
      '/b additionalProperties',
    ]);
  });
});

describe('pointerTo', () => {
  test('writes paths as RFC 6901 specifies', () => {
    expect(pointerTo([])).toBe('');
    expect(pointerTo(['a', 0, ''])).toBe('/a/0/');
    expect(pointerTo(['~1', '/'])).toBe('/~01/~1');
  });
});
