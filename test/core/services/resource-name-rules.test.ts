import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServiceDefinition } from '../../../core/contract/schemas/service-schemas.ts';
import { resourceViolations } from '../../../core/services/resource-name-rules.ts';

const rules = { namePrefix: 'errand', allowsSharedOverrides: false };

function pointersOf(dispatcher: ServiceDefinition['dispatcher'], tenant = 'acme', with_ = rules) {
  return resourceViolations(with_, { tenant, definition: { parameters: {}, dispatcher } }).map(
    ({ pointer }) => pointer,
  );
}

const onLambda = (functionName: string) => ({ kind: 'lambda', functionName }) as const;
const onBatch = (jobDefinition: string, more: object = {}) =>
  ({ kind: 'batch', jobDefinition, ...more }) as const;

describe('a function name', () => {
  test.each([
    'errand-service-echo',
    'errand-service-my_func',
    'errand-service-acme-echo',
    'errand-service-acme__echo',
    'errand-service-acme__a__b',
    'errand-service-service-x',
  ])('%s is allowed to the tenant acme', (name) => {
    expect(pointersOf(onLambda(name))).toEqual([]);
  });

  test.each([
    'errand-dispatch',
    'errand-settle',
    'errand-submit-batch',
    'errand-service',
    'errand-service-',
    'errand-serviceecho',
    'Errand-service-echo',
    'errand-x-service-echo',
    'errand-job-echo',
    'my-errand-service-echo',
    'other',
  ])('%s is outside the prefix and is refused', (name) => {
    expect(pointersOf(onLambda(name))).toEqual(['/dispatcher/functionName']);
  });

  test.each([
    'errand-service-other__echo',
    'errand-service-acme2__echo',
    'errand-service-acm__echo',
    'errand-service-ACME__echo',
    'errand-service-__acme__echo',
    'errand-service-__echo',
    'errand-service-acme-__echo',
    'errand-service-x-acme__echo',
    'errand-service-constructor__echo',
  ])('%s belongs to another tenant than acme and is refused', (name) => {
    expect(pointersOf(onLambda(name))).toEqual(['/dispatcher/functionName']);
  });

  test('is quoted with the allowed names when it is refused', () => {
    const details = ['errand-settle', 'errand-service-other__x'].map(
      (name) =>
        resourceViolations(rules, {
          tenant: 'acme',
          definition: { parameters: {}, dispatcher: onLambda(name) },
        })[0],
    );
    expect(details).toEqual([
      {
        pointer: '/dispatcher/functionName',
        detail: 'must begin with errand-service-, but is errand-settle',
        keyword: 'pattern',
      },
      {
        pointer: '/dispatcher/functionName',
        detail:
          'must not be errand-service-other__x, which only the tenant "other" may use: use a name that begins with errand-service-acme__, or a shared name, which has no __ after errand-service-',
        keyword: 'pattern',
      },
    ]);
  });

  test('is allowed for at most one tenant when it has a __ after the prefix, whatever the tenants are called', () => {
    const tenant = fc.stringMatching(/^[a-z0-9-]{1,32}$/);
    fc.assert(
      fc.property(tenant, tenant, fc.stringMatching(/^[a-zA-Z0-9_-]{0,20}$/), (one, other, rest) => {
        fc.pre(one !== other);
        const name = onLambda(`errand-service-${one}__${rest}`);
        return pointersOf(name, one).length === 0 && pointersOf(name, other).length === 1;
      }),
    );
  });
});

describe('the names of a container', () => {
  test.each([
    ['errand-job-render', {}],
    ['errand-job-render:3', {}],
    ['errand-job-acme__render:3', {}],
    ['errand-job-render', { jobQueue: 'errand-queue' }],
    ['errand-job-render', { jobQueue: 'errand-queue-large' }],
    ['errand-job-render', { jobQueue: 'errand-queue-acme__large' }],
  ] as const)('%s with %o are allowed for the tenant acme', (name, more) => {
    expect(pointersOf(onBatch(name, more))).toEqual([]);
  });

  test.each([
    ['render', {}, 'jobDefinition'],
    ['errand-job-', {}, 'jobDefinition'],
    ['errand-job-:3', {}, 'jobDefinition'],
    ['errand-service-render', {}, 'jobDefinition'],
    ['errand-job-other__render', {}, 'jobDefinition'],
    ['errand-job-render', { jobQueue: 'queue' }, 'jobQueue'],
    ['errand-job-render', { jobQueue: 'errand-queue-' }, 'jobQueue'],
    ['errand-job-render', { jobQueue: 'errand-queues' }, 'jobQueue'],
    ['errand-job-render', { jobQueue: 'errand-x-queue' }, 'jobQueue'],
    ['errand-job-render', { jobQueue: 'errand-queue-other__large' }, 'jobQueue'],
  ] as const)('%s with %o are refused for the tenant acme', (name, more, member) => {
    expect(pointersOf(onBatch(name, more))).toEqual([`/dispatcher/${member}`]);
  });

  test('are refused with a separate pointer each', () => {
    const dispatcher = onBatch('errand-job-other__x', { jobQueue: 'errand-queue-other__x' });
    expect(pointersOf(dispatcher)).toEqual(['/dispatcher/jobDefinition', '/dispatcher/jobQueue']);
  });
});

describe('command and environment', () => {
  const overrides = { command: ['sh', '-c', 'id; env'], environment: { LD_PRELOAD: '/tmp/x' } };

  test("are allowed for a tenant's own job definition", () => {
    expect(pointersOf(onBatch('errand-job-acme__render', overrides))).toEqual([]);
  });

  test('are refused for a shared one, and allowed if the stack allows them', () => {
    const dispatcher = onBatch('errand-job-render', overrides);
    expect(pointersOf(dispatcher)).toEqual(['/dispatcher/command', '/dispatcher/environment']);
    expect(pointersOf(dispatcher, 'acme', { ...rules, allowsSharedOverrides: true })).toEqual([]);
  });

  test("are refused together with another tenant's job definition, whatever the stack allows", () => {
    const dispatcher = onBatch('errand-job-other__render', overrides);
    for (const allowsSharedOverrides of [true, false])
      expect(pointersOf(dispatcher, 'acme', { ...rules, allowsSharedOverrides })).toEqual([
        '/dispatcher/jobDefinition',
      ]);
  });

  test('can be replaced by sizes and a queue, which do not change what a shared one runs', () => {
    const sizes = { vcpus: 2, memoryMiB: 4096, gpus: 1, jobQueue: 'errand-queue-large', environment: {} };
    expect(pointersOf(onBatch('errand-job-render', sizes))).toEqual([]);
  });
});
