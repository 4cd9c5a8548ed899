import { describe, expect, test } from 'vitest';
import { readKeyOptions, usage } from '../../bin/api-key-options.ts';
import { scopes } from '../../core/contract/routes/route.ts';
import { readDocument, section, tableRows } from './markdown.ts';

const guide = readDocument('docs/guides/deploy.md');

/** The text of the group of a pattern at each match in a file. */
function found(file: string, pattern: RegExp): readonly string[] {
  return [...readDocument(file).matchAll(pattern)].map(([, name = '']) => name);
}

describe('the guide of deploying', () => {
  test('has the outputs of the stack', () => {
    const documented = tableRows(section(guide, 'Outputs')).flatMap(([names = '']) => names.split(', '));
    expect(documented).toEqual(found('infra/errand-stack.ts', /new CfnOutput\(this, '(\w+)'/g));
  });

  test('has the alarms of the stack', () => {
    const documented = tableRows(section(guide, 'What to watch')).map(([name]) => name);
    expect(documented).toEqual(found('infra/monitoring/alarms.ts', /^ {6}id: '(\w+)',$/gm));
  });

  test('has the settings of the stack', () => {
    const documented = tableRows(section(guide, 'Settings')).map(([name = '']) => name);
    const taken = found('infra/errand-stack.ts', /^ {2}readonly (\w+)\?:/gm);
    expect([...documented].sort()).toEqual([...taken].sort());
  });

  test('has the options of create-api-key, with all scopes', () => {
    const rows = tableRows(section(guide, 'Keys'));
    for (const [option = ''] of rows) expect(usage).toContain(option);
    const all = readKeyOptions([
      '--table',
      'x',
      '--tenant',
      'acme',
      '--principal',
      'ada',
      '--scopes',
      scopes.join(),
    ]);
    expect(rows).toHaveLength(Object.keys(all).length);
    expect(rows.at(-1)?.at(-1)).toContain(scopes.join(', '));
  });
});
