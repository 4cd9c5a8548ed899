import { describe, expect, test } from 'vitest';
import document from '../../docs/openapi.json' with { type: 'json' };

type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The paths of the members of all schemas below a part of the document that have no description. */
function undescribed(part: unknown, path: string): readonly string[] {
  if (Array.isArray(part)) return part.flatMap((item, index) => undescribed(item, `${path}/${index}`));
  if (!isJson(part)) return [];
  const { properties, ...rest } = part;
  const members = isJson(properties) ? Object.entries(properties) : [];
  return [
    ...members.flatMap(([name, member]) => {
      const own = isJson(member) && typeof member['description'] === 'string' ? [] : [`${path}/${name}`];
      return [...own, ...undescribed(member, `${path}/${name}`)];
    }),
    ...Object.entries(rest).flatMap(([name, value]) => undescribed(value, `${path}/${name}`)),
  ];
}

describe('the OpenAPI document', () => {
  test('describes each member of each named schema', () => {
    expect(undescribed(document.components.schemas, 'schemas')).toEqual([]);
  });

  test('describes each member of each body and each response of an operation', () => {
    expect(undescribed(document.paths, 'paths')).toEqual([]);
  });
});
