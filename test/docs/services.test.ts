import { describe, expect, test } from 'vitest';
import { parseServiceSelector } from '../../core/contract/names.ts';
import { resourceOwner } from '../../core/contract/resource-names.ts';
import { registrationWarning, serviceDefinition } from '../../core/contract/schemas/service-schemas.ts';
import { batchAttempt } from '../../core/jobs/batch/batch-attempt.ts';
import { defaultLimits } from '../../core/jobs/model/defaults.ts';
import { assertedFormats } from '../../core/json-schema/validation/formats/formats.ts';
import { checkDefinition } from '../../core/services/check-definition.ts';
import { registrationWarnings } from '../../core/services/registration-warnings.ts';
import { resourceViolations } from '../../core/services/resource-name-rules.ts';
import { readEnvelope } from '../../worker/lambda/envelope.ts';
import { aJob } from '../support/jobs/jobs.ts';
import { onlyBlock, readDocument, section, tableRows } from './markdown.ts';

const guide = readDocument('docs/guides/services.md');

describe('the guide of services', () => {
  test('shows a definition that can be registered and names all members that it may have', async () => {
    const definition = serviceDefinition.parse(
      JSON.parse(onlyBlock(section(guide, 'The definition'), 'json')),
    );
    await expect(checkDefinition(definition)).resolves.toBeUndefined();
    expect(Object.keys(definition).sort()).toEqual(Object.keys(serviceDefinition.shape).sort());
  });

  test('shows the event that the worker library reads', () => {
    const event: unknown = JSON.parse(onlyBlock(section(guide, 'The function'), 'json'));
    expect(readEnvelope(event)).toMatchObject({ parameters: { kind: 'inline' }, job: { attempt: 1 } });
  });

  test('shows a dispatcher on Batch that can be registered and names all members that it may have', async () => {
    const dispatcher: unknown = JSON.parse(onlyBlock(section(guide, 'The container'), 'json'));
    const definition = serviceDefinition.parse({ parameters: {}, dispatcher });
    await expect(checkDefinition(definition)).resolves.toBeUndefined();
    const rules = { namePrefix: 'errand', allowsSharedOverrides: false };
    expect(resourceViolations(rules, { tenant: 'acme', definition })).toEqual([]);
    const known = serviceDefinition.shape.dispatcher.def.options.map(({ shape }) => Object.keys(shape));
    expect(known).toContainEqual(Object.keys(definition.dispatcher));
  });

  test('shows a warning of a registration, and lists every code', async () => {
    const warnings = section(guide, 'Warnings');
    const missing = { hasFunction: async () => false, hasJobDefinition: async () => false };
    const log = { info: () => undefined, warn: () => undefined };
    const dispatcher = { kind: 'lambda', functionName: 'errand-service-greeting' } as const;
    expect(JSON.parse(onlyBlock(warnings, 'json'))).toEqual({
      warnings: await registrationWarnings({ resources: missing, log }, { dispatcher }),
    });
    const codes = tableRows(warnings).map(([code]) => code);
    expect(codes).toEqual(registrationWarning.shape.code.options);
  });

  test('shows the names that a definition may have, for every tenant and for one alone', () => {
    const rows = tableRows(section(guide, 'Names'));
    const kinds = ['functionName', 'jobDefinition', 'jobQueue'] as const;
    for (const kind of kinds) {
      const [, shared = '', own = ''] = rows.find(([member]) => member === kind) ?? [];
      const owners = (cell: string) =>
        cell.split(', ').map((name) => resourceOwner('errand', kind, name.replace('<x>', 'x')));
      for (const owner of owners(shared)) expect(owner).toEqual({ kind: 'shared' });
      expect(owners(own)).toEqual([{ kind: 'tenant', tenant: 'acme' }]);
    }
    expect(rows.flatMap(([member = '']) => member.split(', '))).toEqual([
      ...kinds,
      ...['command', 'environment', 'vcpus', 'memoryMiB', 'gpus'],
    ]);
  });

  test('names the variables that a container gets', () => {
    const worker = { url: 'https://example.org', token: 'ew_x' };
    const dispatcher = { kind: 'batch', jobDefinition: 'errand-job-x' } as const;
    const documented = tableRows(section(guide, 'The container')).map(([name]) => name);
    const job = aJob({ limits: { ...defaultLimits, heartbeatSeconds: 60 } });
    expect(documented).toEqual(Object.keys(batchAttempt(job, dispatcher, worker).environment));
  });

  test('lists the formats that are asserted', () => {
    const listed = tableRows(section(guide, 'Schemas')).map(([format]) => format);
    expect(listed).toEqual([...assertedFormats.keys()]);
  });

  test('shows selectors that can be parsed', () => {
    const shown = tableRows(section(guide, 'Which version runs')).flatMap(
      ([text = '']) => /^"[^"]*"/.exec(text) ?? [],
    );
    expect(shown).toHaveLength(3);
    for (const text of shown) expect(parseServiceSelector(JSON.parse(text))?.name).toBe('csv-profile');
  });
});
