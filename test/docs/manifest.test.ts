import { describe, expect, test } from 'vitest';
import { serviceSchemaId } from '../../bin/schemas/service-schema.ts';
import { resourcePrefix } from '../../core/contract/resource-names.ts';
import { batchSource, maxJobDefinitionNameLength } from '../../manifest/batch-source.ts';
import { lambdaLimits, lambdaSource, languageOfEntry, runtimes } from '../../manifest/lambda-source.ts';
import { manifestSchema } from '../../manifest/service-manifest.ts';
import { onlyBlock, readDocument, section, tableRows } from './markdown.ts';

const guide = readDocument('docs/guides/manifest.md');

describe('the guide of the manifest', () => {
  test('shows a valid manifest with the address of its schema', () => {
    const [before = ''] = guide.split('## Source of a function');
    const manifest: unknown = JSON.parse(onlyBlock(before, 'json'));
    expect(manifestSchema.safeParse(manifest).error).toBeUndefined();
    expect(manifest).toMatchObject({ $schema: serviceSchemaId });
  });

  test.each([
    ['Source of a function', lambdaSource],
    ['Source of a container', batchSource],
  ] as const)('names in "%s" every member, and which ones are required', (title, { shape }) => {
    const rows = tableRows(section(guide, title).split('### ')[0] ?? '');
    expect(rows.map(([member]) => member)).toEqual(Object.keys(shape));
    const required = rows.filter(([, , value]) => value === 'required').map(([member]) => member);
    const isRequired = (member: object) => manifestRequires(member);
    expect(required).toEqual(
      Object.entries(shape).flatMap(([name, member]) => (isRequired(member) ? [name] : [])),
    );
  });

  test('names the limits and defaults of a function', () => {
    const defaults = lambdaSource.parse({ kind: 'lambda', entry: 'a.ts' });
    const rows = Object.fromEntries(
      tableRows(section(guide, 'Source of a function').split('### ')[0] ?? '').map(([name = '', ...row]) => [
        name,
        row,
      ]),
    );
    const format = (value: number) => value.toLocaleString('en');
    expect(rows['memoryMiB']).toEqual([
      `memory in MiB, ${lambdaLimits.minMemoryMiB} to ${format(lambdaLimits.maxMemoryMiB)}`,
      String(defaults.memoryMiB),
    ]);
    expect(rows['timeoutSeconds']).toEqual([
      `maximum duration of one invocation in seconds, 1 to ${lambdaLimits.maxTimeoutSeconds}`,
      String(defaults.timeoutSeconds),
    ]);
    expect(rows['environment']?.[0]).toContain(`${format(lambdaLimits.maxEnvironmentBytes)} bytes`);
  });

  test('names entries that are valid, with their runtimes', () => {
    for (const [entries = '', , runtime] of tableRows(
      section(guide, 'Source of a function').split('### ')[1] ?? '',
    ))
      for (const entry of entries.split(', ').filter((name) => name !== '…')) {
        const manifest = { name: 'a', version: '1.0.0', parameters: {}, source: { kind: 'lambda', entry } };
        expect(manifestSchema.safeParse(manifest).success, entry).toBe(true);
        expect(runtimes[languageOfEntry(entry)][0], entry).toBe(runtime);
      }
  });

  test('names the lengths that AWS accepts', () => {
    const text = section(guide, 'Names and their limits');
    const { maxFunctionNameLength } = lambdaLimits;
    expect(text).toContain(`functions of up to ${maxFunctionNameLength} characters`);
    expect(text).toContain(`job definitions of up to ${maxJobDefinitionNameLength}`);
    const longest = maxFunctionNameLength - resourcePrefix('errand', 'functionName').length;
    expect(text).toContain(`more\nthan ${longest} characters`);
  });
});

/** A member without a value is required if the schema does not accept its absence. */
function manifestRequires(member: object): boolean {
  return (
    'safeParse' in member && typeof member.safeParse === 'function' && !member.safeParse(undefined).success
  );
}
