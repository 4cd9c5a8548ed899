import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import { problemTypes } from '../../../../core/contract/problems/problem-types.ts';
import { scopes } from '../../../../core/contract/routes/route.ts';
import { viewerOf } from '../../../../functions/_shared/http/problems.ts';
import { visibleProblem } from '../../../../functions/_shared/http/visible-problem.ts';
import { proxyEvent } from '../../../support/proxy-event.ts';

const errors = [{ pointer: '/parameters/secret', detail: 'must be a string, not 3', keyword: 'type' }];
const writer = { scopes: ['jobs:write', 'services:write'], refersToStoredJob: false };
const shown = (slug: keyof typeof problemTypes, viewer: Parameters<typeof visibleProblem>[1]) =>
  visibleProblem(
    new ProblemError(slug, 'secret', { errors, suggestions: ['secret'], jobIds: ['secret'] }),
    viewer,
  );

describe('a problem', () => {
  test.each([
    ['service-not-found', 'services:read'],
    ['ambiguous-version', 'services:read'],
    ['job-deleted', 'jobs:read'],
    ['job-not-ready', 'jobs:read'],
    ['job-running', 'jobs:read'],
    ['job-has-dependents', 'jobs:read'],
  ] as const)('of the kind %s describes its resource to a key with %s only', (slug, scope) => {
    const { title, status } = problemTypes[slug];
    const detail = `The details are visible only with an API key that has the scope ${scope}`;
    expect(shown(slug, writer)).toEqual({ type: expect.stringContaining(slug), title, status, detail });
    expect(shown(slug, { ...writer, scopes: [...writer.scopes, scope] }).detail).toBe('secret');
  });

  test.each([
    'invalid-parameters',
    'invalid-metadata',
    'unknown-job',
    'parent-ended',
    'service-not-found',
    'ambiguous-version',
  ] as const)('of the kind %s shows nothing of a stored job to a key that may not read jobs', (slug) => {
    const of = { scopes: ['jobs:write', 'services:read'], refersToStoredJob: true };
    expect(JSON.stringify(shown(slug, of))).not.toContain('secret');
    expect(shown(slug, { ...of, refersToStoredJob: false }).detail).toBe('secret');
    expect(shown(slug, { ...of, scopes }).errors).toEqual(errors);
  });

  test('is complete for the holder of an attempt, which has no key', () => {
    expect(shown('service-not-found', { scopes: undefined, refersToStoredJob: false }).suggestions).toEqual([
      'secret',
    ]);
  });
});

describe('a request', () => {
  test.each([
    ['/v1/jobs', false],
    ['/v1/jobs/batch', false],
    ['/v1/jobs/01a1fd71-2cd5-7000-8000-000000000000', true],
    ['/v1/jobs/01a1fd71-2cd5-7000-8000-000000000000/rerun', true],
    ['/v1/jobs/urn:errand:job:01a1fd71-2cd5-7000-8000-000000000000/start', true],
    ['/v1/services/echo', false],
  ])('to %s concerns a stored job: %s', (path, refersToStoredJob) => {
    expect(viewerOf(proxyEvent({ path })).refersToStoredJob).toBe(refersToStoredJob);
  });
});
