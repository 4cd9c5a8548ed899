import { describe, expect, test } from 'vitest';
import * as z from 'zod/v4/core';
import { problemTypes } from '../../core/contract/problems/problem-types.ts';
import type { Route } from '../../core/contract/routes/route.ts';
import { workerDataRoutes } from '../../core/contract/routes/worker-data-routes.ts';
import { workerRoutes } from '../../core/contract/routes/worker-routes.ts';
import { maxCheckedBytes } from '../../core/jobs/attempts/uploaded-result.ts';
import { readDocument, section, tableRows } from './markdown.ts';

const guide = readDocument('docs/guides/worker.md');
const root = '/v1/worker/jobs/{id}';
const all: readonly Route[] = [...workerRoutes, ...workerDataRoutes];
const reports = all.filter(({ servedBy }) => servedBy === 'api');

describe('the guide for workers', () => {
  test('has the routes of the code, with the members of their bodies and responses', () => {
    const rows = all.map((route) => [
      `${route.method} ${route.path.slice(root.length)}`,
      ...(reports.includes(route) ? membersOf(route) : [expect.any(String), expect.any(String)]),
    ]);
    expect(tableRows(section(guide, 'URL and token'))).toEqual(rows);
  });

  test('describes how to handle every problem that a worker may get', () => {
    const documented = tableRows(section(guide, 'When to stop'))
      .map(([answers = '']) => answers)
      .join();
    // A sub-job may be refused for the same reasons as any submission, which the guide of the API describes.
    const problems = new Set(reports.flatMap((route) => route.problems));
    for (const slug of problems) {
      const { status } = problemTypes[slug];
      const stops = ['stale-attempt', 'unauthenticated'].includes(slug);
      if (stops) expect(documented).toContain(`${status} ${slug}`);
      else expect(documented, slug).toContain(status >= 500 ? '5xx' : String(status));
    }
  });

  test('has the sizes of the code', () => {
    expect(section(guide, 'Results')).toContain(`(${maxCheckedBytes.toLocaleString('en')} bytes)`);
  });
});

/** The members of a route's body and of its response, as the guide shows them. */
function membersOf({ method, body, responses: answers }: Route): readonly unknown[] {
  const answer =
    method === 'GET'
      ? expect.stringMatching(/parameters|inputs|parts/)
      : shapesOf(answers[200]?.schema).join();
  return [shapesOf(body).join(' or '), answer];
}

/** The members of an object, optional ones with a question mark; of each one that it may be. Nothing for `{}`. */
function shapesOf(schema: z.$ZodType | undefined): readonly string[] {
  if (schema === undefined) return [];
  const json = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  const shapes = json.anyOf ?? [json];
  return shapes.flatMap(({ properties = {}, required = [] }) => {
    const names = Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
    return names.length === 0 ? [] : [`{${names.join(', ')}}`];
  });
}
