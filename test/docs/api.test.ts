import { describe, expect, test } from 'vitest';
import { readKeyOptions } from '../../bin/api-key-options.ts';
import { problemTypes } from '../../core/contract/problems/problem-types.ts';
import { type Route, scopes } from '../../core/contract/routes/route.ts';
import { routes } from '../../core/contract/routes/routes.ts';
import { jobReceipt } from '../../core/contract/schemas/job-schemas.ts';
import { pageSize } from '../../core/contract/schemas/list-schemas.ts';
import { serviceReceipt } from '../../core/contract/schemas/service-schemas.ts';
import { readDocument, section, tableRows } from './markdown.ts';

const guide = readDocument('docs/guides/api.md');

describe('the guide of the API', () => {
  test('has the route table of the code', () => {
    const rows = routes.map(({ operationId, method, path, scope, furtherScope }: Route) => [
      operationId,
      `${method} ${path}`,
      [scope, furtherScope].filter((one) => one !== undefined).join(', '),
    ]);
    // The guide groups the routes for its readers: the order is its own.
    expect(tableRows(section(guide, 'The API')).toSorted()).toEqual(rows.toSorted());
  });

  test('has the scopes of the code, and those of a new key', () => {
    const rows = tableRows(section(guide, 'Scopes'));
    expect(rows.map(([scope]) => scope).toSorted()).toEqual(scopes);
    const byDefault = rows.filter(([, , given]) => given === 'yes').map(([scope]) => scope);
    const options = readKeyOptions(['--table', 'a-table', '--tenant', 'acme']);
    expect(byDefault.toSorted()).toEqual(options === 'help' ? [] : options.scopes);
  });

  test('has the problem types of the code', () => {
    const rows = Object.entries(problemTypes).map(([slug, { status, title }]) => [
      slug,
      String(status),
      title,
    ]);
    expect(tableRows(section(guide, 'Errors'))).toEqual(rows);
  });

  test('has the members of the receipts', () => {
    const text = section(guide, 'Keys');
    for (const member of [...Object.keys(jobReceipt.shape), ...Object.keys(serviceReceipt.shape)])
      expect(text).toContain(`\`${member}\``);
  });

  test('has the page sizes of the code', () => {
    const text = section(guide, 'Lists');
    expect(text).toContain(`\`limit\` is ${pageSize.default} if not given`);
    expect(text).toContain(`more than ${pageSize.max} is lowered to ${pageSize.max}`);
  });
});
