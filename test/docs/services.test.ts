import { describe, expect, it } from 'vitest';
import { parseServiceSelector } from '../../core/contract/names.ts';
import { serviceDefinition } from '../../core/contract/service-schemas.ts';
import { checkDefinition } from '../../core/services/check-definition.ts';
import { readEnvelope } from '../../worker/envelope.ts';
import { onlyBlock, readDocument, section, tableRows } from './markdown.ts';

const guide = readDocument('docs/guides/services.md');

describe('the guide of services', () => {
  it('shows a definition that can be registered and names all that it may hold', async () => {
    const definition = serviceDefinition.parse(
      JSON.parse(onlyBlock(section(guide, 'The definition'), 'json')),
    );
    await expect(checkDefinition(definition)).resolves.toBeUndefined();
    expect(Object.keys(definition).sort()).toEqual(Object.keys(serviceDefinition.shape).sort());
  });

  it('shows the event that the worker library reads', () => {
    const event: unknown = JSON.parse(onlyBlock(section(guide, 'The function'), 'json'));
    expect(readEnvelope(event)).toMatchObject({ parameters: { kind: 'inline' }, job: { attempt: 1 } });
  });

  it('shows selectors that can be read', () => {
    const shown = tableRows(section(guide, 'Which version runs')).flatMap(
      ([text = '']) => /^"[^"]*"/.exec(text) ?? [],
    );
    expect(shown).toHaveLength(3);
    for (const text of shown) expect(parseServiceSelector(JSON.parse(text))?.name).toBe('csv-profile');
  });
});
