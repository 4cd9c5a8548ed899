import { describe, expect, test } from 'vitest';
import { groupRepresentation } from '../../core/contract/schemas/job-list-schemas.ts';
import { operationFilter } from '../../core/contract/schemas/operation-schemas.ts';
import { groupName } from '../../core/contract/tags.ts';
import { expectedEnd } from '../../core/groups/represent-group.ts';
import { readDocument } from './markdown.ts';

const guide = readDocument('docs/guides/groups.md');
const blocksOf = (language: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, block = '']) => block,
  );

describe('the guide of groups', () => {
  const [json = ''] = blocksOf('json');
  const group = groupRepresentation.parse(JSON.parse(json));

  test('shows a group as the API returns it', () => {
    const counts = Object.values(group.byStatus);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(group.total);
    for (const link of Object.values(group.links)) expect(link).toContain(encodeURIComponent(group.name));
    const rows = [...guide.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, names = '']) =>
      names.replaceAll('`', '').split(', '),
    );
    const { name: _n, links: _l, ...described } = group;
    expect(rows.toSorted()).toEqual(Object.keys(described).toSorted());
  });

  test('explains the expected end with the numbers of its example', () => {
    const now = Date.parse(group.lastUpdatedAt);
    const run = { since: Date.parse(group.firstRequestedAt), ended: 70 };
    expect(guide).toContain('70 jobs have ended in seven minutes, so the other 30 need about three');
    expect(expectedEnd({ counts: group.byStatus, run }, now)).toBe(Date.parse(group.expectedEndAt ?? ''));
  });

  test('submits and reruns with valid groups', () => {
    const [submission = '', rerun = ''] = blocksOf('sh');
    expect(groupName.parse(/group: "([^"]+)"/.exec(submission)?.[1])).toBe(group.name);
    const body: unknown = JSON.parse(/-d '(.*)'/.exec(rerun)?.[1] ?? '');
    expect(body).toMatchObject({ action: 'rerun', filter: { group: group.name } });
    expect(operationFilter.parse((body as { filter: unknown }).filter)).toBeDefined(); // checked above
  });
});
