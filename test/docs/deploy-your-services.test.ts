import { describe, expect, test } from 'vitest';
import { onlyBlock, readDocument, section, tableRows } from './markdown.ts';

const guide = readDocument('docs/guides/deploy-your-services.md');

/** The members of an interface in a file. */
function membersOf(file: string, name: string): readonly string[] {
  const body =
    new RegExp(`^export interface ${name}\\b.*?\\{$(.*?)^\\}$`, 'ms').exec(readDocument(file))?.[1] ?? '';
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = '']) => member);
}

/** The documented properties: the rows of the table with the head `property`. */
function documentedProperties(heading: string): readonly string[] {
  const [, table = ''] = section(guide, heading).split(/^(?=\| property )/m);
  return tableRows(table).flatMap(([names = '']) => names.split(', '));
}

describe('the guide of deploying services', () => {
  test.each([
    ['LambdaService', [['constructs/lambda-service.ts', 'LambdaServiceProps']]],
    ['BatchService', [['constructs/batch-service.ts', 'BatchServiceProps']]],
    [
      'JobEvents',
      [
        ['constructs/job-events.ts', 'JobEventsProps'],
        ['constructs/event-pattern.ts', 'JobEventFilter'],
      ],
    ],
  ] as const)('has the properties of %s', (heading, interfaces) => {
    const taken = interfaces.flatMap(([file, name]) => membersOf(file, name));
    expect(taken.length).toBeGreaterThan(2);
    expect([...documentedProperties(heading)].sort()).toEqual([...taken].sort());
  });

  test('shows the stack of the team app, which npm run verify:team-app synthesizes', () => {
    const shown = onlyBlock(section(guide, 'From a manifest to a deployed service'), 'ts');
    expect(shown).toBe(readDocument('examples/team-app/team-stack.ts'));
  });
});
